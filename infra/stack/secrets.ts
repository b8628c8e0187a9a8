// The three secrets. Nothing in the template is secret: one value is generated, two are put there by a person.
import { SecretValue } from 'aws-cdk-lib'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { removalPolicyOf } from './removal.ts'

export type Secrets = { readonly sources: Secret; readonly campaign: Secret; readonly pseudonym: Secret }

/**
 * What the two hold until a person puts theirs: no source has a secret, so every webhook is unknown (404); no
 * credentials, so changes wait. It never changes, since a deployment that changed it would overwrite what was put there.
 */
const NOTHING_YET = '{}'

export const addSecrets = (scope: Construct, { retain }: { retain: boolean }): Secrets => {
  const removalPolicy = removalPolicyOf(retain)
  const toBePut = { secretStringValue: SecretValue.unsafePlainText(NOTHING_YET), removalPolicy }
  return {
    sources: new Secret(scope, 'Sources', {
      ...toBePut,
      description: 'What the sources sign with: {"hubspot":["<client secret>"],"direct":["whsec_<base64>"]}',
    }),
    campaign: new Secret(scope, 'Campaign', {
      ...toBePut,
      description: 'Adobe: {"organization":"…","clientId":"…","clientSecret":"…","scopes":"…"}',
    }),
    // With another key every profile has another name: the ledger and the order of groups would begin anew.
    pseudonym: new Secret(scope, 'Pseudonym', {
      description: 'The key of pseudonyms; generated, never changed',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy,
    }),
  }
}
