// What the fleet works on, and what becomes of answers.

extension Coordinator {
    mutating func begin(_ request: RoundRequest) -> [Effect] {
        precondition(round == nil && !request.tasks.isEmpty, "a round of blocks \(request.tasks) over another")
        precondition(request.firstBlock >= 0 && request.largestLease >= 1, "a round that cannot be worked on")
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
        workers[index].isDraining = heartbeat.isDraining
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
            effects += lapse(held, at: now)
        }
        return effects
    }

    /// Takes an answer, or says why not. Since a task is a pure function, an answer is good whoever gives it and however
    /// late; all that matters is that no block is merged twice.
    mutating func take(_ notice: PartialNotice, from index: Int, at now: Instant) -> [Effect] {
        let worker = workers[index].id
        workers[index].isStalled = false
        if let objection = objection(to: notice, from: index, at: now) { return objection }
        guard let current = round, notice.lease.round == current.request.round else {
            return ignore(notice, from: worker, because: .otherRound)
        }
        let blocks = notice.lease.blocks
        let granted = current.lease(notice.lease.id)
        guard !blocks.isEmpty, current.request.tasks.contains(blocks),
            granted.map({ notice.lease.isBeginning(of: $0.lease) && $0.worker == worker }) ?? true
        else {
            return ignore(notice, from: worker, because: .absurd)
        }
        if let granted, granted.lease.blocks != blocks {
            return takeBeginning(notice, of: granted, from: index, at: now)
        }
        if current.merged.overlaps(blocks) {
            return takeSecond(notice, from: worker, in: current)
        }
        guard current.open.contains(blocks) || !current.leases(on: blocks).isEmpty else {
            // The lease lapsed, and its blocks were cut otherwise since: others are at work on them.
            return ignore(notice, from: worker, because: .overlapsOtherWork)
        }
        return merge(notice, from: worker, at: now)
    }

    private mutating func merge(_ notice: PartialNotice, from worker: WorkerID, at now: Instant) -> [Effect] {
        let ended = round?.accept(notice, from: worker) ?? []
        setbacks.clear(worker)
        var effects = [Effect.merge(notice, from: worker)]
        for record in ended {
            if let holder = index(of: record.worker) {
                workers[holder].lease = nil
            }
            if record.worker == worker, let holder = index(of: worker) {
                workers[holder].pace.add(blocks: notice.lease.blocks.count, in: now - record.granted)
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

    /// Takes what a worker that is about to go has done of its lease; the rest goes to others.
    ///
    /// If it was not alone on those blocks, the other does them as a whole, and the round has no use for a part.
    private mutating func takeBeginning(
        _ notice: PartialNotice,
        of granted: RoundState.LeaseRecord,
        from index: Int,
        at now: Instant
    ) -> [Effect] {
        let isAlone = round?.leases(on: granted.lease.blocks).count == 1
        round?.release(granted.lease.id)
        workers[index].lease = nil
        guard isAlone else { return ignore(notice, from: granted.worker, because: .overlapsOtherWork) }
        workers[index].pace.add(blocks: notice.lease.blocks.count, in: now - granted.granted)
        return merge(notice, from: granted.worker, at: now)
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
