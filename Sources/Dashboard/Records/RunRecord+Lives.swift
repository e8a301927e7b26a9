extension RunRecord.Fleet {
    /// What became of a fleet whose coordinator ended: nobody was at work after that.
    package func ended(at seconds: Double) -> RunRecord.Fleet {
        var ended = self
        for index in ended.workers.indices where ended.workers[index].lostAt == nil {
            ended.workers[index].lostAt = max(seconds, ended.workers[index].joinedAt)
        }
        return ended
    }

    /// This fleet and the one of the coordinator after it, as one.
    package func followed(by later: RunRecord.Fleet) -> RunRecord.Fleet {
        var whole = RunRecord.Fleet(
            workersRequested: later.workersRequested,
            workersJoined: workersJoined + later.workersJoined,
            workersLost: workersLost + later.workersLost,
            messagesSent: messagesSent + later.messagesSent,
            messagesReceived: messagesReceived + later.messagesReceived,
            bytesSent: bytesSent + later.bytesSent,
            bytesReceived: bytesReceived + later.bytesReceived,
            peakResidentBytes: max(peakResidentBytes, later.peakResidentBytes),
            workers: workers + later.workers
        )
        whole.listening = later.listening ?? listening
        return whole
    }
}
