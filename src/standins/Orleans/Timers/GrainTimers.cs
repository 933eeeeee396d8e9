namespace Orleans.Runtime
{
    /// <summary>A timer of one activation; it ends with the activation.</summary>
    public interface IGrainTimer : IDisposable
    {
        void Change(TimeSpan dueTime, TimeSpan period);
    }

    public readonly struct GrainTimerCreationOptions
    {
        public GrainTimerCreationOptions()
        {
        }

        [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
        public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
        {
            DueTime = dueTime;
            Period = period;
        }

        /// <summary>The time to the first tick; infinite: none until the timer is changed.</summary>
        public required TimeSpan DueTime { get; init; }

        /// <summary>The time from a tick's end to the next; infinite: one tick only.</summary>
        public required TimeSpan Period { get; init; }

        /// <summary>Ticks may interleave with calls; without it a tick waits for its turn as a call does.</summary>
        public bool Interleave { get; init; }

        /// <summary>A tick counts as use, and keeps the activation from being collected.</summary>
        public bool KeepAlive { get; init; }
    }
}

namespace Orleans.Timers
{
    using Orleans.Runtime;

    public interface ITimerRegistry
    {
        IGrainTimer RegisterGrainTimer<TState>(IGrainContext grainContext, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options);
    }
}
