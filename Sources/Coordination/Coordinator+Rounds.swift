// What the fleet works on, and what becomes of answers.

extension Coordinator {
    mutating func begin(_ request: RoundRequest) -> [Effect] {
        precondition(round == nil && request.blocks >= 1, "a round of \(request.blocks) blocks over another")
        round = RoundState(request)
        let record: [Effect] = request.isRecorded ? [.record(request.round)] : []
        return record + [.report(.roundStarted(request))]
    }

    /// A worker says that it lives. It gets an answer, by which it knows that the coordinator does.
    ///
    /// If it works on a lease that it does not hold, it is told to stop. If it does not work on its own although that was
    /// granted a while ago, the grant or the answer was lost on the way, and the lease lapses.
    mutating func note(_ heartbeat: Heartbeat, from index: Int, at now: Instant) -> [Effect] {
        let worker = workers[index].id
        let held = workers[index].lease.flatMap { round?.lease($0) }
        var effects = [Effect.send(.acknowledgement, to: worker)]
        if let id = heartbeat.lease, id == held?.lease.id {
            round?.note(progress: heartbeat.finishedBlocks, on: id, at: now)
            return effects
        }
        if let stale = heartbeat.lease {
            effects.append(.send(.revoke(stale), to: worker))
        } else {
            workers[index].isStalled = false
        }
        if let held, now - held.granted >= settings.timing.suspicion {
            effects += lapse(held)
        }
        return effects
    }

    /// Takes an answer, or says why not. Since a task is a pure function, an answer is good whoever gives it and however
    /// late; all that matters is that no block is merged twice.
    mutating func take(_ notice: PartialNotice, from index: Int, at now: Instant) -> [Effect] {
        let worker = workers[index].id
        workers[index].isStalled = false
        guard let current = round, notice.lease.round == current.request.round else {
            return ignore(notice, from: worker, because: .otherRound)
        }
        let blocks = notice.lease.blocks
        let granted = current.lease(notice.lease.id)
        guard !blocks.isEmpty, blocks.lowerBound >= 0, blocks.upperBound <= current.request.blocks,
            granted.map({ $0.lease == notice.lease && $0.worker == worker }) ?? true
        else {
            return ignore(notice, from: worker, because: .absurd)
        }
        if current.merged.overlaps(blocks) {
            return takeSecond(notice, from: worker, in: current)
        }
        guard current.open.contains(blocks) || !current.leases(on: blocks).isEmpty else {
            // The lease lapsed, and its blocks were cut otherwise since: others are at work on them.
            return ignore(notice, from: worker, because: .overlapsOtherWork)
        }
        return merge(notice, from: worker)
    }

    private mutating func merge(_ notice: PartialNotice, from worker: WorkerID) -> [Effect] {
        let ended = round?.accept(notice, from: worker) ?? []
        var effects = [Effect.merge(notice, from: worker)]
        for record in ended {
            if let holder = index(of: record.worker) {
                workers[holder].lease = nil
            }
            if record.lease.id != notice.lease.id {
                effects.append(.send(.revoke(record.lease.id), to: record.worker))
            }
        }
        if let round, round.isComplete {
            effects += finish(round)
        }
        return effects
    }

    private mutating func finish(_ finished: RoundState) -> [Effect] {
        let id = finished.request.round
        round = nil
        let effects: [Effect] = [.advance(id), .report(.roundFinished(id))]
        return isStopping ? effects + end(.interrupted) : effects
    }

    /// An answer for blocks that are merged already. It may only repeat what was said: if it differs, a task is not the
    /// pure function it must be, and no result could be trusted.
    private mutating func takeSecond(
        _ notice: PartialNotice,
        from worker: WorkerID,
        in current: RoundState
    ) -> [Effect] {
        let blocks = notice.lease.blocks
        if let first = current.accepted.first(where: { $0.blocks == blocks }), first.checksum != notice.checksum {
            return end(
                .failed(
                    exitCode: Self.internalError,
                    reason: "two answers for one task: blocks \(blocks.blockDescription) of round "
                        + "\(notice.lease.round) from \(first.worker) and \(worker) differ; report this with: "
                        + "\(story.of(first.worker)) | \(story.of(worker))"
                )
            )
        }
        return ignore(notice, from: worker, because: .alreadyMerged)
    }

    private func ignore(
        _ notice: PartialNotice,
        from worker: WorkerID,
        because reason: Effect.Reason
    ) -> [Effect] {
        [.ignored(because: reason), .report(.answerIgnored(notice.lease, worker, because: reason))]
    }

    /// A task that cannot be done, by anybody: the job ends with the worker's reason.
    mutating func fail(_ failure: TaskFailure, from index: Int) -> [Effect] {
        guard let round, failure.lease.round == round.request.round, workers[index].lease == failure.lease.id else {
            return [.ignored(because: .otherRound)]
        }
        return end(.failed(exitCode: failure.exitCode, reason: failure.reason))
    }
}
