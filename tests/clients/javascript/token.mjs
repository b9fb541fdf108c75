// Azure's SDK for JavaScript, unmodified: the token of a credential that needs to be told nothing, or little. `node token.mjs
// OPTIONS`, as JSON: the options of `ManagedIdentityCredential`, or the name of another class. Says what the token says, or
// the error.

import * as identity from "@azure/identity";

try {
  const options = JSON.parse(process.argv[2]);
  const [wanted, given] = typeof options === "string" ? [options, undefined] : ["ManagedIdentityCredential", options];
  const { token } = await new identity[wanted](given).getToken("https://management.azure.com/.default");
  console.log(Buffer.from(token.split(".")[1], "base64url").toString());
} catch (error) {
  console.log(JSON.stringify({ error: error.message }));
}
