import { ApiMapping, DomainName, type HttpApi, type HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';

interface CustomDomainProps extends NonNullable<DeploymentConfig['api']['customDomain']> {
  readonly api: HttpApi;
  readonly stage: HttpStage;
}

/**
 * A domain name of the company's own in front of the API, so that the URLs registered with 8x8 outlive the stack.
 * With a hosted zone the DNS record is made as well; without, it is made by hand.
 */
export class CustomDomain extends Construct {
  readonly url: string;

  constructor(scope: Construct, { name, certificateArn, hostedZone, api, stage }: CustomDomainProps) {
    super(scope, 'CustomDomain');
    const domain = new DomainName(this, 'Domain', {
      domainName: name,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
    });
    new ApiMapping(this, 'Mapping', { api, stage, domainName: domain });
    if (hostedZone !== undefined) {
      new ARecord(this, 'Record', {
        zone: HostedZone.fromHostedZoneAttributes(this, 'Zone', {
          hostedZoneId: hostedZone.id,
          zoneName: hostedZone.name,
        }),
        recordName: name,
        target: RecordTarget.fromAlias(
          new ApiGatewayv2DomainProperties(domain.regionalDomainName, domain.regionalHostedZoneId),
        ),
      });
    }
    this.url = `https://${name}`;
  }
}
