//! The `Streams` service: who may, then what.

use crate::append::{append, batch_append};
use crate::convert::{Expectation, stream_name};
use crate::gate::caller;
use crate::imitation::Imitation;
use crate::limits::WAITING;
use crate::proto::shared;
use crate::proto::streams::{
    AppendReq, AppendResp, BatchAppendReq, BatchAppendResp, DeleteReq, DeleteResp, ReadReq,
    ReadResp, TombstoneReq, TombstoneResp, delete_req, delete_resp, streams_server, tombstone_req,
    tombstone_resp,
};
use crate::read::Read;
use crate::rights::Doing;
use crate::{Shared, refusal};
use futures_util::StreamExt;
use futures_util::stream::{Chain, Iter};
use std::option::IntoIter;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};
use upkeep_event_store::ExpectedRevision;

pub struct Streams {
    pub shared: Shared,
}

#[tonic::async_trait]
impl streams_server::Streams for Streams {
    type ReadStream =
        Chain<Iter<IntoIter<Result<ReadResp, Status>>>, ReceiverStream<Result<ReadResp, Status>>>;
    type BatchAppendStream = ReceiverStream<Result<BatchAppendResp, Status>>;

    async fn read(&self, request: Request<ReadReq>) -> Result<Response<Self::ReadStream>, Status> {
        let caller = caller(&request)?;
        self.shared.imitation.check(request.metadata())?;
        let read = Read::understand(request.into_inner().options)?;
        read.check(&self.shared.rights, &caller).await?;
        let is_quick = read.is_of_one_stream();
        let (answers, stream) = mpsc::channel(WAITING);
        let work = read.run(self.shared.clone(), caller, answers);
        self.shared.tasks.spawn(work);
        let mut stream = self.shared.imitation.cut_short(&self.shared, stream);
        // A stream that cannot be read is the call's own error, before any answer begins.
        let first = if is_quick {
            stream.recv().await.transpose()?
        } else {
            None
        };
        let first = futures_util::stream::iter(first.map(Ok));
        Ok(Response::new(first.chain(ReceiverStream::new(stream))))
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
        self.shared.imitation.check(request.metadata())?;
        let shared = self.shared.clone();
        let appends = batch_append(
            shared.clone(),
            caller,
            request.into_inner(),
            answers.clone(),
        );
        let work = Imitation::around(shared, answers, appends);
        self.shared.tasks.spawn(work);
        Ok(Response::new(ReceiverStream::new(stream)))
    }

    async fn delete(&self, request: Request<DeleteReq>) -> Result<Response<DeleteResp>, Status> {
        use delete_req::options::ExpectedStreamRevision as Expected;
        let caller = caller(&request)?;
        self.shared.imitation.check(request.metadata())?;
        let options = request.into_inner().options;
        let options = options.ok_or_else(|| refusal::missing("options"))?;
        let expected = match options.expected_stream_revision {
            Some(Expected::Revision(revision)) => Expectation::of_revision(revision)?.expected,
            Some(Expected::NoStream(_)) => ExpectedRevision::NoStream,
            Some(Expected::StreamExists(_)) => ExpectedRevision::StreamExists,
            Some(Expected::Any(_)) => ExpectedRevision::Any,
            None => return Err(refusal::no_expectation()),
        };
        let stream = stream_name(options.stream_identifier)?;
        self.shared
            .rights
            .check(&caller, Doing::Delete, &stream)
            .await?;
        let deleted = self
            .shared
            .store
            .delete(&stream, expected)
            .await
            .map_err(|error| refusal::of_append("Delete", &error))?;
        Ok(Response::new(DeleteResp {
            position_option: Some(delete_resp::PositionOption::Position(
                delete_resp::Position {
                    commit_position: deleted.0,
                    prepare_position: deleted.0,
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
        self.shared.imitation.check(request.metadata())?;
        let options = request.into_inner().options;
        let options = options.ok_or_else(|| refusal::missing("options"))?;
        let expected = match options.expected_stream_revision {
            Some(Expected::Revision(revision)) => Expectation::of_revision(revision)?.expected,
            Some(Expected::NoStream(shared::Empty {})) => ExpectedRevision::NoStream,
            Some(Expected::StreamExists(_)) => ExpectedRevision::StreamExists,
            Some(Expected::Any(_)) => ExpectedRevision::Any,
            None => return Err(refusal::no_expectation()),
        };
        let stream = stream_name(options.stream_identifier)?;
        self.shared
            .rights
            .check(&caller, Doing::Delete, &stream)
            .await?;
        let deleted = self
            .shared
            .store
            .tombstone(&stream, expected)
            .await
            .map_err(|error| refusal::of_append("Delete", &error))?;
        Ok(Response::new(TombstoneResp {
            position_option: Some(tombstone_resp::PositionOption::Position(
                tombstone_resp::Position {
                    commit_position: deleted.0,
                    prepare_position: deleted.0,
                },
            )),
        }))
    }
}
