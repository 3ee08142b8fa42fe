"""The demo's crowd: labelers of known skill answer a request until each picture is decided."""

import random
import secrets
import time

from shared.instance import Failure
from shared.terminal import bar, dim, table, tell

# The share of right answers of each labeler; the last one hardly looks.
SKILLS = {"ann": 0.97, "ben": 0.92, "cem": 0.9, "dia": 0.85, "eda": 0.8, "careless": 0.35}
FEWEST, MOST = 2, 6


class Crowd:
    """A request that is open to the crowd."""

    def __init__(self, client, answers):
        """`answers` has the right class of each picture's file name."""
        self.client = client
        self.answers = answers
        self.classes = sorted(set(answers.values()) | {"wide", "tall", "square"})
        self.random = random.Random(9)
        self.run = secrets.token_hex(2)
        self.people = {}
        self.truths = {}
        self.request = None

    def open(self, uploads):
        """Opens the request of these uploads; a third of the pictures becomes gold."""
        self.truths = {
            upload["image_id"]: self.answers[upload["filename"]]
            for upload in uploads if upload["filename"] in self.answers}
        gold = [
            {"image_id": image, "label": label} for image, label in sorted(self.truths.items())[::3]]
        self.client.call("POST", f"/requests/{self.request}/gold", json={"items": gold})
        self.client.call("POST", f"/requests/{self.request}/open", json={
            "min_labels": FEWEST, "max_labels": MOST, "items_per_task": 5, "gold_rate": 0.2,
            "points_per_item": 10, "target_confidence": 0.9,
            "instructions": "Is the picture wide, tall or square?"})
        tell(f"{len(self.truths)} pictures, {FEWEST} to {MOST} answers each; the customer knows the"
             f" answer to {len(gold)} of them (gold)")

    def sign_up(self):
        """Makes the labelers' accounts and signs them in."""
        for name, skill in SKILLS.items():
            password = secrets.token_urlsafe(18)
            username = f"{name}-{self.run}"
            self._slowly("/auth/signup", {
                "username": username, "email": f"{username}@example.org", "password": password,
                "role": "labeler"})
            answer = self._slowly("/auth/login", {"username": username, "password": password})
            self.people[username] = (skill, answer["access_token"])
        tell("labelers and the share of their answers that is right: " + ", ".join(
            f"{name} {skill:.2f}" for name, skill in SKILLS.items()))

    def _slowly(self, path, body):
        """Sends a request that an address may not send often."""
        for _ in range(60):
            answer = self.client.send("POST", self.client.instance.url + path, json=body)
            if answer.status != 429:
                break
            time.sleep(0.5)
        if not 200 <= answer.status < 300:
            raise Failure(f"POST {path} answered {answer.status}: {answer.sentence}")
        return answer.json

    def work(self):
        """Lets the labelers take turns until nobody gets a task."""
        while any([self._turn(name) for name in self.people]):
            counts = self.client.get(f"/requests/{self.request}/pool")["items"]
            done = counts["resolved"] + counts["contested"]
            bar(done, done + counts["open"], "decided")
            if not counts["open"]:
                break

    def _turn(self, name):
        """One task of a labeler; False when there is none."""
        skill, token = self.people[name]
        url = self.client.instance.url
        answer = self.client.send(
            "POST", f"{url}/tasks/next", token=token, json={"request_id": self.request})
        if answer.status != 200:
            return False
        task = answer.json
        answers = [
            {"image_id": image["image_id"], "labels": [self._answer(image["image_id"], skill)]}
            for image in task["images"]]
        self.client.send(
            "POST", f"{url}/tasks/{task['id']}/submit", token=token, json={"answers": answers})
        return True

    def _answer(self, image, skill):
        truth = self.truths.get(image, "square")
        if self.random.random() < skill:
            return truth
        return self.random.choice([name for name in self.classes if name != truth])

    def show_results(self):
        """Shows the results, the labels that were saved, and the labelers."""
        path = f"/requests/{self.request}"
        if self.client.wait(
                f"{path}/consensus",
                lambda rows: any(row["method"] not in ("gold", "majority") for row in rows),
                40) is None:
            tell(dim("Too few answers for a model of the labelers: each counts the same."))
        rows = [row for row in self.client.get(f"{path}/consensus") if row["method"] != "gold"]
        right = sum(row["label"] == self.truths.get(row["image_id"]) for row in rows)
        votes = sum(row["votes"] for row in rows)
        tell(f"{right} of {len(rows)} results are right; {votes} answers instead of"
             f" {MOST * len(rows)}: stopping early saved {1 - votes / (MOST * len(rows)):.0%}")
        shown = sorted(rows, key=lambda row: row["confidence"])[:3] + rows[:2]
        table([["picture", "result", "confidence", "calibrated", "votes", "method", "state"]] + [
            [row["filename"], row["label"] or "", f"{row['confidence']:.2f}",
             f"on {row['calibrated_on']}" if row["calibrated"] else "no", str(row["votes"]),
             row["method"], row["state"]] for row in shown])
        alpha = self.client.get(f"{path}/agreement")["krippendorff_alpha"]
        if alpha["value"] is not None and alpha["low"] is not None:
            tell(f"Krippendorff's alpha {alpha['value']:.2f}"
                 f" (95 %: {alpha['low']:.2f} to {alpha['high']:.2f})")
        self._show_labelers(path)

    def _show_labelers(self, path):
        # Points are settled each minute.
        self.client.wait(
            f"{path}/labelers", lambda rows: any(row["results"]["n"] for row in rows), 90)
        board = self.client.get(f"/leaderboard?request_id={self.request}&limit=10")
        points = {row["username"]: row["points"] for row in board}
        lines = [["labeler", "answers", "skill", "gold", "agreement", "points"]]
        for row in self.client.get(f"{path}/labelers"):
            gold, results = row["gold"], row["results"]
            lines.append([
                row["username"], str(row["answers"]),
                "" if row["skill"] is None else f"{row['skill']:.2f}",
                f"{gold['correct']}/{gold['n']}", f"{results['correct']}/{results['n']}",
                str(points.get(row["username"], 0))])
        table(lines)
