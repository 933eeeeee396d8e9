using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Orleans.Runtime;

/// <summary>The activations of this process: at most one for each grain.</summary>
internal sealed class ActivationDirectory(
    IServiceProvider services,
    GrainClassMap classes,
    GrainReferenceFactory references,
    IOptions<GrainCollectionOptions> collection,
    TimeProvider time,
    ILogger<ActivationDirectory> logger)
{
    private readonly ConcurrentDictionary<GrainId, GrainActivation> _activations = new();
    private volatile string? _closed = "The silo has not started: start the host before grains are called.";

    public IServiceProvider Services => services;

    public GrainReferenceFactory References => references;

    public GrainCollectionOptions Collection => collection.Value;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    public int Count => _activations.Count;

    public void Open() => _closed = null;

    /// <summary>Hands a call to the grain's activation, making one when there is none.</summary>
    public void Receive(GrainCall call)
    {
        try
        {
            while (!Find(call.Target, call.Method).Receive(call))
            {
                // The activation left between the search and the call; the next one takes it.
            }
        }
        catch (Exception exception)
        {
            call.Reject(exception);
        }
    }

    public void Remove(GrainActivation activation) => _activations.TryRemove(KeyValuePair.Create(activation.GrainId, activation));

    public void CollectIdle()
    {
        foreach (GrainActivation activation in _activations.Values)
        {
            TimeSpan limit = activation.Class.AgeLimit
                ?? (Collection.ClassSpecificCollectionAge.TryGetValue(activation.Class.Class.FullName!, out TimeSpan own) ? own : Collection.CollectionAge);
            if (!activation.Class.KeepsAlive && activation.IsIdle(limit))
            {
                activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ActivationIdle, $"The grain was not called for {limit}."));
            }
        }
    }

    /// <summary>Ends all activations; no new one is made. Those that do not end in time are left, and said in the log.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        _closed = "The silo is stopping.";
        var reason = new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The silo is stopping.");
        while (!_activations.IsEmpty && !cancellationToken.IsCancellationRequested)
        {
            GrainActivation[] all = [.. _activations.Values];
            Array.ForEach(all, activation => activation.Deactivate(reason, cancellationToken));
            try
            {
                await Task.WhenAll(all.Select(static activation => activation.Deactivated)).WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        if (!_activations.IsEmpty)
        {
            ActivationDirectoryLog.Left(logger, _activations.Count, string.Join(", ", _activations.Keys.Take(5)));
        }
    }

    private GrainActivation Find(GrainId grainId, GrainMethod method)
    {
        if (_activations.TryGetValue(grainId, out GrainActivation? found))
        {
            return found;
        }

        if (_closed is { } why)
        {
            throw new SiloUnavailableException(why);
        }

        GrainClass grainClass = classes.Class(grainId.Type);
        return method.InterfaceType.IsAssignableFrom(grainClass.Class)
            ? _activations.GetOrAdd(grainId, static (id, made) => new GrainActivation(made.Directory, id, made.Class), (Directory: this, Class: grainClass))
            : throw new InvalidCastException($"Grain {grainId} of class {grainClass.Class} does not implement {method.InterfaceType}.");
    }
}

internal static partial class ActivationDirectoryLog
{
    [LoggerMessage(20, LogLevel.Warning, "The silo stopped before {Count} activations had ended, among them {Some}.")]
    public static partial void Left(ILogger logger, int count, string some);
}
