// Azure's SDK for JavaScript, unmodified: every credential with a person in it. `node people.mjs CLASS` prints the person's
// subscriptions. With RESOURCE_MANAGER the application names a custom cloud; without it, it names nothing.

import { execFileSync } from "node:child_process";
import {
  AuthorizationCodeCredential,
  DeviceCodeCredential,
  InteractiveBrowserCredential,
  OnBehalfOfCredential,
  UsernamePasswordCredential,
} from "@azure/identity";

const { TENANT: tenantId, APP_ID: clientId, APP_SECRET: clientSecret, APP_SCOPE, CODE, REDIRECT, BROWSER } = process.env;
const { RESOURCE_MANAGER, AZURE_AUTHORITY_HOST: authorityHost, SMALT_USERNAME, SMALT_PASSWORD } = process.env;
const cloud = RESOURCE_MANAGER ? { authorityHost, disableInstanceDiscovery: true } : {};
const cli = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const userPromptCallback = ({ verificationUri, userCode }) => execFileSync(BROWSER, [verificationUri, userCode]);

const credentials = {
  UsernamePasswordCredential: () => new UsernamePasswordCredential(tenantId, cli, SMALT_USERNAME, SMALT_PASSWORD, cloud),
  DeviceCodeCredential: () => new DeviceCodeCredential({ tenantId, userPromptCallback, ...cloud }),
  InteractiveBrowserCredential: () => new InteractiveBrowserCredential({ tenantId, ...cloud }),
  AuthorizationCodeCredential: () =>
    new AuthorizationCodeCredential(tenantId, clientId, clientSecret, CODE, REDIRECT, cloud),
  OnBehalfOfCredential: async () => {
    const { token } = await new InteractiveBrowserCredential({ tenantId, ...cloud }).getToken(APP_SCOPE);
    return new OnBehalfOfCredential({ tenantId, clientId, clientSecret, userAssertionToken: token, ...cloud });
  },
};

const credential = await credentials[process.argv[2]]();
const { token } = await credential.getToken("https://management.azure.com/.default");
const claims = JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());
console.log(JSON.stringify({ upn: claims.upn, client: claims.appid, token }));
