// Shows the contract, ready to be tried: every call is open for input as soon as it is unfolded.
const page = document.querySelector("#page");

const dark = matchMedia("(prefers-color-scheme: dark)");
const suit = () => document.documentElement.classList.toggle("dark-mode", dark.matches); // Swagger UI's own
dark.addEventListener("change", suit);
suit();

let tried; // the call that was last executed
page.addEventListener("click", (event) => {
  if (event.target.closest(".execute")) tried = event.target.closest(".opblock");
});

// brings the answer into view, which may be far below
function show(response) {
  setTimeout(() => tried?.querySelector(".live-responses-table")?.scrollIntoView({ block: "center" }), 100);
  return response;
}

SwaggerUIBundle({
  domNode: page,
  url: page.dataset.contract,
  deepLinking: true,
  displayRequestDuration: true,
  responseInterceptor: show,
  tryItOutEnabled: true,
  validatorUrl: null,
});
