// Azure's SDK for JavaScript, unmodified: the token of a managed identity. `node token.mjs OPTIONS`, the options as JSON;
// says what the token says, or the error.

import { ManagedIdentityCredential } from "@azure/identity";

try {
  const credential = new ManagedIdentityCredential(JSON.parse(process.argv[2]));
  const { token } = await credential.getToken("https://management.azure.com/.default");
  console.log(Buffer.from(token.split(".")[1], "base64url").toString());
} catch (error) {
  console.log(JSON.stringify({ error: error.message }));
}
