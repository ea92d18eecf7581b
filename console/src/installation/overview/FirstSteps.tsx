import { Link } from '@tanstack/react-router';
import css from './FirstSteps.module.css';

/** A new installation: what to do first. */
export function FirstSteps({ hasSoftware, hasDeployments }: { hasSoftware: boolean; hasDeployments: boolean }) {
  return (
    <div className={css.steps}>
      <h1>Welcome to Upkeep</h1>
      <p className="dimmed">There are no computers here yet. It takes three steps:</p>
      <ol>
        <li>
          <h2>Add a customer</h2>
          <p>Each customer is a tenant; its computers, people and agreements belong to it.</p>
          <Link to={'/tenants' as string}>Go to tenants</Link>
        </li>
        <li>
          <h2>Enrol an agent</h2>
          <p>A token and one command on the computer: then it is in the list, with what is known of it.</p>
          <Link to={'/agents' as string}>Go to agents</Link>
        </li>
        <li>
          <h2>Say what should be there{hasSoftware && hasDeployments && ' (done)'}</h2>
          <p>Software goes into the catalogue; a deployment says where it should be. Nothing is touched before a session runs.</p>
          <Link to={'/software' as string}>Go to software</Link> · <Link to={'/deployments' as string}>Go to deployments</Link>
        </li>
      </ol>
    </div>
  );
}
