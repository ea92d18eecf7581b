import { Changed, changeFragment } from '~/access/actor/Changed.tsx';
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Fact, Facts } from '~/kit/text/Facts.tsx';
import { size } from '~/kit/text/size.ts';
import { sentence } from '~/kit/text/words.ts';

export const inventoryFragment = graphql(
  `
  fragment ComputerInventory on Computer {
    uuid computerClass
    hardware { uuid source }
    inventory { hostName chassisType operatingSystem { family name version } }
    inventoryDetail { manufacturer model serialNumber domainName domainRole osBuild memoryBytes }
    created { ...Changed }
    changed { ...Changed }
  }
`,
  [changeFragment],
);

/** What an agent and integrations told of it. */
export function InventoryTab({ computer }: { computer: FragmentOf<typeof inventoryFragment> }) {
  const { uuid, computerClass, hardware, inventory, inventoryDetail: detail, created, changed } = readFragment(inventoryFragment, computer);
  return (
    <div className="cards">
      <section className="card">
        <h2>What its agent reports</h2>
        {inventory ? (
          <Facts>
            <Fact name="Calls itself">{inventory.hostName}</Fact>
            <Fact name="System">
              {inventory.operatingSystem.name} {inventory.operatingSystem.version}
            </Fact>
            <Fact name="Family">{sentence(inventory.operatingSystem.family)}</Fact>
            <Fact name="Chassis type">
              {inventory.chassisType === null ? <Unknown /> : `${inventory.chassisType}, so: ${sentence(computerClass).toLowerCase()}`}
            </Fact>
          </Facts>
        ) : (
          <p className="dimmed">No agent has reported anything yet.</p>
        )}
      </section>
      <section className="card">
        <h2>What integrations report</h2>
        <Facts>
          <Fact name="Manufacturer">{detail.manufacturer ?? <Unknown />}</Fact>
          <Fact name="Model">{detail.model ?? <Unknown />}</Fact>
          <Fact name="Serial number">{detail.serialNumber ? <span className="mono">{detail.serialNumber}</span> : <Unknown />}</Fact>
          <Fact name="Memory">{detail.memoryBytes === null ? <Unknown /> : size(Number(detail.memoryBytes))}</Fact>
          <Fact name="System build">{detail.osBuild ?? <Unknown />}</Fact>
          <Fact name="Domain">{detail.domainName ?? <Unknown />}</Fact>
          <Fact name="Part in the domain">{detail.domainRole ? sentence(detail.domainRole) : <Unknown />}</Fact>
        </Facts>
      </section>
      <section className="card">
        <h2>Who it is</h2>
        <Facts>
          <Fact name="Id">
            <span className="mono">{uuid}</span>
          </Fact>
          <Fact name="Hardware">
            <span className="mono">{hardware.uuid}</span>
          </Fact>
          <Fact name="Known by">{sentence(hardware.source)}</Fact>
          <Fact name="First seen">
            <Changed change={created} />
          </Fact>
          <Fact name="Last changed">
            <Changed change={changed} />
          </Fact>
        </Facts>
      </section>
    </div>
  );
}

function Unknown() {
  return <span className="dimmed">not known</span>;
}
