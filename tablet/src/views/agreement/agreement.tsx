// How alike observers rate the same lesson: k of n first, statistics once there are enough pairs, and
// never one observer's figures to another.

import type { AgreementFigures, CertificateSeen, Estimate } from '../../app/contract';
import { say } from '../../words/say';
import { useDays } from '../figures/half-term';
import { areaName, type SectionProps, Sections } from '../figures/place';
import { ShownAnswer } from '../figures/shown';
import { Watermark } from '../figures/watermark';
import { Page } from '../frame/page';
import { useApp, useStore } from '../frame/reading';
import '../half-term/frozen.css';
import '../trends/trends.css';

export function AgreementScreen({ areas, area, org }: SectionProps) {
  const app = useApp();
  const agreement = useStore(app.figures.agreement(org));
  const { day } = useDays();
  return (
    <Page
      title={area === null ? say('figures.agreement') : areaName(area)}
      actions={<Sections areas={areas} area={area} section="agreement" />}
    >
      <ShownAnswer loaded={agreement}>
        {(answer) => {
          const { value } = answer;
          return (
            <>
              <p className="muted">{say('agreement.since', { date: day(value.fromMs) })}</p>
              <section className="section card">
                <h2>{say('agreement.own')}</h2>
                {value.own === null ? (
                  <p className="muted">{say('agreement.none')}</p>
                ) : (
                  <Figures figures={value.own} />
                )}
                <h3>{say('agreement.certificate')}</h3>
                <Certificate certificate={value.certificate} />
              </section>
              {value.school !== null && (
                <section className="section card">
                  <h2>{say('agreement.school')}</h2>
                  <Figures figures={value.school} />
                  <p>
                    {say('agreement.doubleCoded', {
                      k: value.doubleCoded,
                      n: value.doubleCodable,
                    })}
                  </p>
                  <Elements elements={value.schoolElements} />
                </section>
              )}
              {value.certificates.length > 0 && (
                <section className="section">
                  <h2>{say('agreement.certificates')}</h2>
                  <ul className="list">
                    {value.certificates.map((one) => (
                      <li key={one.name} className="who-row">
                        <span className="strong">{one.name}</span> <Certificate certificate={one} />
                      </li>
                    ))}
                  </ul>
                </section>
              )}
              <Watermark answer={answer} complete={value.complete} changes={null} />
            </>
          );
        }}
      </ShownAnswer>
    </Page>
  );
}

const decimals = (estimate: Estimate) => ({
  value: (estimate.value / 100).toFixed(2),
  low: (estimate.low / 100).toFixed(2),
  high: (estimate.high / 100).toFixed(2),
});

const enoughPairs = 20;

function Figures({ figures }: { readonly figures: AgreementFigures }) {
  if (figures.withheld) return <p className="muted">{say('agreement.withheld')}</p>;
  const { pairs, visits, observers, kappa, icc } = figures;
  return (
    <ul className="facts">
      <li>{say('agreement.pairs', { pairs, visits, observers })}</li>
      <li>{say('agreement.exact', { k: figures.exact, n: pairs })}</li>
      <li>{say('agreement.withinOne', { k: figures.withinOne, n: pairs })}</li>
      {kappa !== null && <li>{say('agreement.kappa', decimals(kappa))}</li>}
      {icc !== null && <li>{say('agreement.icc', decimals(icc))}</li>}
      {pairs < enoughPairs && <li className="muted">{say('agreement.few', { n: pairs })}</li>}
    </ul>
  );
}

function Certificate({ certificate }: { readonly certificate: CertificateSeen }) {
  const { day } = useDays();
  const { state, untilMs, drift } = certificate;
  return (
    <span>
      {say('agreement.certificateState', { state, date: untilMs === null ? '' : day(untilMs) })}
      {drift && ` ${say('agreement.drift')}`}
    </span>
  );
}

function Elements({
  elements,
}: {
  readonly elements: readonly { readonly title: string; readonly figures: AgreementFigures }[];
}) {
  if (elements.length === 0) return null;
  const words = (figures: AgreementFigures, k: number) =>
    figures.withheld ? say('frozen.hidden') : say('agreement.kOfN', { k, n: figures.pairs });
  return (
    <table className="trend-table">
      <thead>
        <tr>
          <th scope="col">{say('agreement.element')}</th>
          <th scope="col">{say('agreement.sameLevel')}</th>
          <th scope="col">{say('agreement.oneApart')}</th>
        </tr>
      </thead>
      <tbody>
        {elements.map(({ title, figures }) => (
          <tr key={title}>
            <th scope="row">{title}</th>
            <td>{words(figures, figures.exact)}</td>
            <td>{words(figures, figures.withinOne)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
