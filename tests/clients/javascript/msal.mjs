// MSAL for JavaScript, unmodified: `node msal.mjs KIND` prints what the access token says, or the error. AUTHORITY names the
// token service; where it is none that MSAL knows, it is told not to ask for it.

import { execFileSync } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { ConfidentialClientApplication, ManagedIdentityApplication, PublicClientApplication } from "@azure/msal-node";

const { AUTHORITY: authority, CLIENT_ID, CLIENT_SECRET, CERTIFICATE_PEM, FEDERATED_TOKEN, BROWSER } = process.env;
const { APP_ID, APP_SECRET, APP_SCOPE, CODE, REDIRECT: redirectUri, SMALT_USERNAME: username, SMALT_PASSWORD: password } = process.env;
const cli = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const arm = ["https://management.azure.com/.default"];
const isKnown = authority.startsWith("https://login.microsoftonline.com/");
const cloud = isKnown ? { authority } : { authority, knownAuthorities: [new URL(authority).host] };

const application = (proof, clientId = CLIENT_ID) => new ConfidentialClientApplication({ auth: { clientId, ...proof, ...cloud } });
const called = () => application({ clientSecret: APP_SECRET }, APP_ID);
const person = () => new PublicClientApplication({ auth: { clientId: cli, ...cloud } });
const openPage = ({ verificationUri, userCode }) => execFileSync(BROWSER, [verificationUri, userCode]);
const byDevice = (client, scopes) => client.acquireTokenByDeviceCode({ scopes, deviceCodeCallback: openPage });

function certificate() {
  const pem = readFileSync(CERTIFICATE_PEM, "utf8");
  const thumbprintSha256 = createHash("sha256").update(new X509Certificate(pem).raw).digest("hex");
  return { clientCertificate: { thumbprintSha256, privateKey: pem, x5c: pem } };
}

const kinds = {
  secret: () => application({ clientSecret: CLIENT_SECRET }).acquireTokenByClientCredential({ scopes: arm }),
  certificate: () => application(certificate()).acquireTokenByClientCredential({ scopes: arm }),
  assertion: () =>
    application({ clientAssertion: () => readFileSync(FEDERATED_TOKEN, "utf8") }).acquireTokenByClientCredential({ scopes: arm }),
  wrong: () => application({ clientSecret: "wrong" }).acquireTokenByClientCredential({ scopes: arm }),
  device: () => byDevice(person(), arm),
  password: () => person().acquireTokenByUsernamePassword({ scopes: arm, username, password }),
  code: () => called().acquireTokenByCode({ scopes: arm, code: CODE, redirectUri }),
  silent: async () => {
    const client = person();
    const { account } = await byDevice(client, arm);
    return client.acquireTokenSilent({ account, scopes: ["https://graph.microsoft.com/.default"] });
  },
  behalf: async () => {
    const { accessToken } = await byDevice(person(), [APP_SCOPE]);
    return called().acquireTokenOnBehalfOf({ scopes: arm, oboAssertion: accessToken });
  },
  identity: () => new ManagedIdentityApplication().acquireToken({ resource: "https://management.azure.com" }),
};

try {
  const { accessToken } = await kinds[process.argv[2]]();
  console.log(Buffer.from(accessToken.split(".")[1], "base64url").toString());
} catch (error) {
  console.log(JSON.stringify({ error: error.errorMessage ?? error.message }));
}
