namespace Orleans.Runtime
{
    /// <summary>Whatever a call can be sent to: grains and observers.</summary>
    public interface IAddressable;
}

namespace Orleans
{
    using Orleans.Runtime;

    /// <summary>Base of grain interfaces. Their methods return Task, Task of T, ValueTask, ValueTask of T, or void when one-way.</summary>
    public interface IGrain : IAddressable;

    public interface IGrainWithStringKey : IGrain;

    public interface IGrainWithIntegerKey : IGrain;

    public interface IGrainWithGuidKey : IGrain;

    public interface IGrainWithIntegerCompoundKey : IGrain;

    public interface IGrainWithGuidCompoundKey : IGrain;

    /// <summary>An object outside the grains that grains can call; its methods return void or Task.</summary>
    public interface IGrainObserver : IAddressable;

    /// <summary>What the runtime needs of a grain class.</summary>
    public interface IGrainBase
    {
        IGrainContext GrainContext { get; }

        Task OnActivateAsync(CancellationToken token) => Task.CompletedTask;

        Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token) => Task.CompletedTask;
    }
}
