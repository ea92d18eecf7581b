"""gql, a Python client: reads, writes and subscribes, over HTTP and over graphql-transport-ws."""

import asyncio
import sys

from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.websockets import WebsocketsTransport

base, token = sys.argv[1:]


async def main() -> None:
    headers = {"Authorization": f"Bearer {token}"}
    http = AIOHTTPTransport(url=f"{base}/graphql", headers=headers, ssl=False)
    # The schema is fetched, and every operation checked against it before it is sent.
    async with Client(transport=http, fetch_schema_from_transport=True) as session:
        position = (await session.execute(gql("{ server { position } }")))["server"]["position"]
        create = gql("mutation($name: String!) { createTenant(input: { name: $name }) { tenant { name } } }")
        create.variable_values = {"name": "Python"}
        print((await session.execute(create))["createTenant"]["tenant"]["name"])

    # Named, because this transport looks for the answer's header in one spelling only.
    socket = WebsocketsTransport(
        url=f"{base.replace('http', 'ws')}/graphql",
        init_payload={"token": token},
        subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
    )
    async with Client(transport=socket) as session:
        follow = gql("subscription($after: Position!) { events(after: $after) { type data } }")
        follow.variable_values = {"after": position}
        async for event in session.subscribe(follow):
            print(event["events"]["type"], event["events"]["data"]["name"])
            break


asyncio.run(main())
