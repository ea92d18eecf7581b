//! The `Streams` service: who may, then what.

use crate::append::{append, batch_append};
use crate::convert::stream_name;
use crate::gate::caller;
use crate::limits::WAITING;
use crate::proto::shared;
use crate::proto::streams::{
    AppendReq, AppendResp, BatchAppendReq, BatchAppendResp, DeleteReq, DeleteResp, ReadReq,
    ReadResp, TombstoneReq, TombstoneResp, delete_req, delete_resp, streams_server, tombstone_req,
    tombstone_resp,
};
use crate::read::Read;
use crate::{Shared, refusal};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};
use upkeep_event_store::ExpectedRevision;

pub struct Streams {
    pub shared: Shared,
}

#[tonic::async_trait]
impl streams_server::Streams for Streams {
    type ReadStream = ReceiverStream<Result<ReadResp, Status>>;
    type BatchAppendStream = ReceiverStream<Result<BatchAppendResp, Status>>;

    async fn read(&self, request: Request<ReadReq>) -> Result<Response<Self::ReadStream>, Status> {
        let caller = caller(&request)?;
        let read = Read::understand(request.into_inner().options)?;
        let (answers, stream) = mpsc::channel(WAITING);
        let work = read.run(self.shared.clone(), caller, answers);
        self.shared.tasks.spawn(work);
        Ok(Response::new(ReceiverStream::new(stream)))
    }

    async fn append(
        &self,
        request: Request<Streaming<AppendReq>>,
    ) -> Result<Response<AppendResp>, Status> {
        let caller = caller(&request)?;
        append(&self.shared, &caller, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn batch_append(
        &self,
        request: Request<Streaming<BatchAppendReq>>,
    ) -> Result<Response<Self::BatchAppendStream>, Status> {
        // Clients expect each append of the call to be refused, not the call.
        let caller = caller(&request)?;
        let (answers, stream) = mpsc::channel(WAITING);
        let work = batch_append(self.shared.clone(), caller, request.into_inner(), answers);
        self.shared.tasks.spawn(work);
        Ok(Response::new(ReceiverStream::new(stream)))
    }

    async fn delete(&self, request: Request<DeleteReq>) -> Result<Response<DeleteResp>, Status> {
        use delete_req::options::ExpectedStreamRevision as Expected;
        let caller = caller(&request)?;
        let options = request.into_inner().options;
        let options = options.ok_or_else(|| refusal::missing("options"))?;
        let expected = match options.expected_stream_revision {
            Some(Expected::Revision(revision)) => ExpectedRevision::Exactly(revision),
            Some(Expected::NoStream(_)) => ExpectedRevision::NoStream,
            Some(Expected::StreamExists(_)) => ExpectedRevision::StreamExists,
            Some(Expected::Any(_)) | None => ExpectedRevision::Any,
        };
        let stream = stream_name(options.stream_identifier)?;
        caller.role().check_change(&stream)?;
        let deleted = self
            .shared
            .store
            .delete(&stream, expected)
            .await
            .map_err(|error| refusal::of_append("Delete", &error))?;
        Ok(Response::new(DeleteResp {
            position_option: Some(delete_resp::PositionOption::Position(
                delete_resp::Position {
                    commit_position: deleted.position.0,
                    prepare_position: deleted.position.0,
                },
            )),
        }))
    }

    async fn tombstone(
        &self,
        request: Request<TombstoneReq>,
    ) -> Result<Response<TombstoneResp>, Status> {
        use tombstone_req::options::ExpectedStreamRevision as Expected;
        let caller = caller(&request)?;
        let options = request.into_inner().options;
        let options = options.ok_or_else(|| refusal::missing("options"))?;
        let expected = match options.expected_stream_revision {
            Some(Expected::Revision(revision)) => ExpectedRevision::Exactly(revision),
            Some(Expected::NoStream(shared::Empty {})) => ExpectedRevision::NoStream,
            Some(Expected::StreamExists(_)) => ExpectedRevision::StreamExists,
            Some(Expected::Any(_)) | None => ExpectedRevision::Any,
        };
        let stream = stream_name(options.stream_identifier)?;
        caller.role().check_change(&stream)?;
        let deleted = self
            .shared
            .store
            .tombstone(&stream, expected)
            .await
            .map_err(|error| refusal::of_append("Tombstone", &error))?;
        Ok(Response::new(TombstoneResp {
            position_option: Some(tombstone_resp::PositionOption::Position(
                tombstone_resp::Position {
                    commit_position: deleted.position.0,
                    prepare_position: deleted.position.0,
                },
            )),
        }))
    }
}
