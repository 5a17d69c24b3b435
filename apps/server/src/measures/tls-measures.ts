import { Gauge, type Metric } from 'prom-client';

/** What is known of a certificate and its files. */
export interface CertificateState {
  /** In milliseconds since 1970. */
  readonly endsAt: number;
  /** Whether its files are those that are used. */
  readonly isUsable: boolean;
}

/** What is measured of the certificate that a server shows, in metrics that belong to no registry yet. */
export function createTlsMeasures(certificate: CertificateState): { readonly metrics: readonly Metric[] } {
  const gauge = (name: string, help: string, value: () => number): Gauge =>
    new Gauge({
      name,
      help,
      registers: [],
      collect() {
        this.set(value());
      },
    });
  return {
    metrics: [
      gauge(
        'promptory_tls_expiry_timestamp_seconds',
        'When the certificate ends that is shown, in seconds since 1970.',
        () => certificate.endsAt / 1_000,
      ),
      gauge('promptory_tls_files_usable', '1 while the files of the certificate are those that are used, else 0.', () =>
        Number(certificate.isUsable),
      ),
    ],
  };
}
