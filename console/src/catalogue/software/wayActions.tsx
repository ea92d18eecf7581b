// How a software is brought from one version to another and mended, and which exit codes mean success: each is chosen here.
import { Button, TagsInput } from '@mantine/core';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { Radios } from '~/kit/form/Radios.tsx';
import { RunningAction } from '../script/RunningAction.tsx';
import type { OfSoftware } from './actions.tsx';
import { apart, codesOf, codesText, draftOfCodes, PRESETS, wrongOf } from './exitCodes.ts';
import { REPAIRS, UPGRADES } from './way.ts';

const chooseUpgrade = graphql(`
  mutation ChooseUpgradeStrategy($input: ChooseUpgradeStrategyInput!) {
    chooseUpgradeStrategy(input: $input) { software { uuid } position userErrors { code message field } }
  }
`);

export function ChooseUpgrade({ software }: OfSoftware) {
  return (
    <RunningAction
      of={software}
      label="Choose the upgrade strategy"
      mutation="chooseUpgradeStrategy"
      document={chooseUpgrade}
      begin={({ upgradeStrategy }) => upgradeStrategy}
      words={({ name }) => ({ title: `What an update of ${name} does`, verb: 'Choose' })}
      input={(strategy, { upgradeStrategy }) => (strategy === upgradeStrategy ? undefined : { strategy })}
      done={({ seen, fields, confirmImpact }) =>
        tell(
          `Updates of ${seen.name}: ${UPGRADES[fields].name}`,
          <Undo document={chooseUpgrade} input={{ id: seen.uuid, strategy: seen.upgradeStrategy, confirmImpact }} />,
        )
      }
    >
      {(strategy, change, errorOf) => (
        <Radios label="Where an older version is there" words={UPGRADES} value={strategy} change={change} error={errorOf('strategy')} />
      )}
    </RunningAction>
  );
}

const chooseRepair = graphql(`
  mutation ChooseRepairStrategy($input: ChooseRepairStrategyInput!) {
    chooseRepairStrategy(input: $input) { software { uuid } position userErrors { code message field } }
  }
`);

export function ChooseRepair({ software }: OfSoftware) {
  return (
    <RunningAction
      of={software}
      label="Choose the repair strategy"
      mutation="chooseRepairStrategy"
      document={chooseRepair}
      begin={({ repairStrategy }) => repairStrategy}
      words={({ name }) => ({ title: `What is done where ${name} does not work`, verb: 'Choose' })}
      input={(strategy, { repairStrategy }) => (strategy === repairStrategy ? undefined : { strategy })}
      done={({ seen, fields, confirmImpact }) =>
        tell(
          `Repairs of ${seen.name}: ${REPAIRS[fields].name}`,
          <Undo document={chooseRepair} input={{ id: seen.uuid, strategy: seen.repairStrategy, confirmImpact }} />,
        )
      }
    >
      {(strategy, change, errorOf) => (
        <Radios
          label="Where the right version is there and its test says that it does not work"
          words={REPAIRS}
          value={strategy}
          change={change}
          error={errorOf('strategy')}
        />
      )}
    </RunningAction>
  );
}

const chooseExitCodes = graphql(`
  mutation ChooseExitCodes($input: ChooseExitCodesInput!) {
    chooseExitCodes(input: $input) { software { uuid exitCodes { success reboot } } position userErrors { code message field } }
  }
`);

/** What separates codes that are typed or pasted together. */
const SEPARATORS = [',', ';', ' '];

export function ChooseExitCodes({ software }: OfSoftware) {
  return (
    <RunningAction
      of={software}
      label="Choose exit codes"
      mutation="chooseExitCodes"
      document={chooseExitCodes}
      begin={({ exitCodes }) => draftOfCodes(exitCodes)}
      words={({ name }) => ({
        title: `Exit codes of ${name} that mean success`,
        verb: 'Save',
        means: '0 always means success, and every code that is not named here means failure. For detection and test only 0 means success.',
      })}
      input={(draft, { exitCodes }) => {
        const codes = codesOf(draft, exitCodes);
        return codes && { success: [...codes.success], reboot: [...codes.reboot] };
      }}
      done={({ seen, payload: { software }, confirmImpact }) =>
        tell(
          `Exit codes of ${seen.name} that mean success: ${software && codesText(software.exitCodes)}`,
          <Undo
            document={chooseExitCodes}
            input={{ id: seen.uuid, success: [...seen.exitCodes.success], reboot: [...seen.exitCodes.reboot], confirmImpact }}
          />,
        )
      }
    >
      {({ success, reboot }, change, errorOf) => (
        <>
          <TagsInput
            label="Success"
            description="Beside 0."
            splitChars={SEPARATORS}
            acceptValueOnBlur
            value={success}
            onChange={(codes) => change({ success: apart(codes), reboot })}
            error={wrongOf(success) ?? errorOf('success')}
          />
          <TagsInput
            label="Success, and a restart"
            description="It succeeded, and the computer has to be restarted before all of it works."
            splitChars={SEPARATORS}
            acceptValueOnBlur
            value={reboot}
            onChange={(codes) => change({ success, reboot: apart(codes) })}
            error={wrongOf(reboot) ?? errorOf('reboot')}
          />
          <div className="bar">
            {PRESETS.filter(({ code }) => !reboot.includes(code)).map(({ code, means }) => (
              <Button key={code} size="compact-xs" onClick={() => change({ success: success.filter((other) => other !== code), reboot: [...reboot, code] })}>
                Add {code}: {means}
              </Button>
            ))}
            <span className="dimmed small">3010 and 1641 are what Windows Installer ends with.</span>
          </div>
        </>
      )}
    </RunningAction>
  );
}
