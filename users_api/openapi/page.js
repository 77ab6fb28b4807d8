// Shows the contract, ready to be tried: every call is open for input as soon as it is unfolded.
const page = document.querySelector("#page");

SwaggerUIBundle({
  domNode: page,
  url: page.dataset.contract,
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  validatorUrl: null,
});
