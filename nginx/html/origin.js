// Shows the address of this site in the commands of the page.
for (const place of document.querySelectorAll('[data-shows="origin"]'))
  place.textContent = location.origin;
