// What holds bodies is encrypted with keys of SQS and EventBridge themselves, or with a key of the account's own.
import { Stack } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import type { Construct } from 'constructs'
import { removalPolicyOf } from './removal.ts'

/**
 * The account's own key, which EventBridge may use for its bus and archive and to put events into the inbox. The roles of
 * the stack get theirs where the queues' privileges are given.
 */
export const addCustomerKey = (scope: Construct, retain: boolean): Key => {
  const key = new Key(scope, 'BodiesKey', {
    description: 'Campaign profile sync: bodies of queues, events of the bus and its archive',
    enableKeyRotation: true,
    removalPolicy: removalPolicyOf(retain),
  })
  // Without this grant EventBridge drops what it cannot encrypt.
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('events.amazonaws.com')],
      // To encrypt anew is what an archive asks for.
      actions: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey', 'kms:ReEncrypt*'],
      // In a key's own policy this is the key.
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  )
  return key
}
