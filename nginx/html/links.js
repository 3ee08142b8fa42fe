// Code of the pages that letters link to. The token is after the '#', so no log contains it.
const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
const said = document.querySelector("[role=status]");

async function send(path, body, bearer) {
  const headers = { "Content-Type": "application/json" };
  if (bearer) headers.Authorization = `Bearer ${bearer}`;
  const answer = await fetch(
    path, { method: "POST", headers, body: JSON.stringify(body), keepalive: true });
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.detail);
  return json;
}

// Signs in, does something, and signs out also when it fails: a session lasts for 30 days.
async function signedIn({ username, password }, work) {
  const session = await send(
    "/api/auth/login", { username, password, device_name: document.title });
  try {
    return await work(session.access_token);
  } finally {
    // The page tells the result of the work, not that of the sign-out.
    await send("/api/auth/logout", {}, session.access_token).catch(() => {});
  }
}

const deeds = {
  async reset({ password }) {
    return (await send("/api/auth/reset-password", { token, new_password: password })).message;
  },
  async verify(person) {
    const verify = (bearer) => send("/api/auth/verify-email", { token }, bearer);
    return (await signedIn(person, verify)).message;
  },
  async accept(person) {
    const accept = (bearer) => send("/api/invitations/accept", { token }, bearer);
    return `You are now a member of ${(await signedIn(person, accept)).name}.`;
  },
  async join({ username, password, role }) {
    const person = await send("/auth/signup", { username, password, role, invitation: token });
    return `The account ${person.username} is made, and it is a member.`;
  },
};

async function submit(event) {
  event.preventDefault();
  const form = event.target;
  try {
    said.textContent = await deeds[form.dataset.does](Object.fromEntries(new FormData(form)));
    for (const part of document.querySelectorAll("form, h2")) part.hidden = true;
  } catch (error) {
    said.textContent = error.message;
  }
}

for (const form of document.forms) form.addEventListener("submit", submit);
