import Glibc

/// How the processes of a fleet ask to be scheduled.
enum BatchScheduling {
    /// Linux's SCHED_BATCH, which Glibc's module does not show.
    private static let policy: Int32 = 3

    /// Lets no thread that is made from here on, nor this one, interrupt another merely because it was woken.
    ///
    /// A round's messages wake threads that pass them on while other workers still compute on the same cores; these would be
    /// stopped in the middle of a product, many times a round, for the sake of work that can wait. It takes no share of
    /// the processor from anybody and needs no rights; where it is refused, nothing is lost but time.
    static func begin() {
        var parameters = sched_param()
        unsafe sched_setscheduler(0, policy, &parameters)
    }
}
