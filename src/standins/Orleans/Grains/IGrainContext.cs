using Orleans.Serialization.Invocation;

namespace Orleans.Serialization.Invocation
{
    public interface ITargetHolder
    {
        object? GetTarget();

        object? GetComponent(Type componentType);
    }
}

namespace Orleans.Runtime
{
    /// <summary>One activation of a grain, as its own code and filters see it.</summary>
    public interface IGrainContext : ITargetHolder, IEquatable<IGrainContext>
    {
        GrainReference GrainReference { get; }

        GrainId GrainId { get; }

        object? GrainInstance { get; }

        ActivationId ActivationId { get; }

        IServiceProvider ActivationServices { get; }

        IGrainLifecycle ObservableLifecycle { get; }

        /// <summary>Ends when the activation is gone.</summary>
        Task Deactivated { get; }

        void SetComponent<TComponent>(TComponent? value)
            where TComponent : class;

        void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default);
    }

    /// <summary>The context of the code that runs now.</summary>
    public interface IGrainContextAccessor
    {
        IGrainContext GrainContext { get; }
    }

    /// <summary>The services of the runtime that a grain uses.</summary>
    public interface IGrainRuntime
    {
        string SiloIdentity { get; }

        IGrainFactory GrainFactory { get; }

        Timers.ITimerRegistry TimerRegistry { get; }

        IServiceProvider ServiceProvider { get; }

        TimeProvider TimeProvider { get; }

        void DeactivateOnIdle(IGrainContext grainContext);

        void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan);

        Core.IStorage<TGrainState> GetStorage<TGrainState>(IGrainContext grainContext);
    }
}
