import { Actions } from '~/kit/action/Actions.tsx';
import { Fact, Facts } from '~/kit/text/Facts.tsx';
import scriptCss from '../script/script.module.css';
import type { OfSoftware } from './actions.tsx';
import css from './software.module.css';
import type { Version } from './VersionsTab.tsx';
import { gapsOf, REPAIRS, UPGRADES } from './way.ts';
import { ChooseExitCodes, ChooseRepair, ChooseUpgrade } from './wayActions.tsx';

/** How all versions of a software are installed and mended; and what would fail of that. */
export function WayCard({ software, latest }: OfSoftware & { latest: Version | undefined }) {
  const { success, reboot } = software.exitCodes;
  const upgrade = UPGRADES[software.upgradeStrategy];
  const repair = REPAIRS[software.repairStrategy];
  const gaps = latest ? gapsOf(software, latest) : [];
  return (
    <section className="card stack">
      <div className="bar">
        <h2 className={scriptCss.heading}>How it is installed</h2>
        <span className="grow" />
        <Actions>
          <ChooseUpgrade software={software} />
          <ChooseRepair software={software} />
          <ChooseExitCodes software={software} />
        </Actions>
      </div>
      <Facts>
        <Fact name="Where an older version is there">
          <strong>{upgrade.name}.</strong> {upgrade.means}
        </Fact>
        <Fact name="Where its test says that it does not work">
          <strong>{repair.name}.</strong> {repair.means}
        </Fact>
        <Fact name="Exit codes that mean success">{[0, ...success].join(', ')}</Fact>
        <Fact name="… and that a restart is needed">{reboot.length > 0 ? reboot.join(', ') : <span className="dimmed">none</span>}</Fact>
      </Facts>
      {gaps.length > 0 && (
        <ul className={css.gaps}>
          {gaps.map((gap) => (
            <li key={gap}>{gap}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
