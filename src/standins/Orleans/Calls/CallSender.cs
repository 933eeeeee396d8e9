using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Orleans.Runtime;

/// <summary>Sends calls: through the outgoing filters, with copied arguments, to the activation or observer.</summary>
internal sealed partial class CallSender(
    ActivationDirectory activations,
    ObserverDirectory observers,
    ValueCopier copier,
    IncomingCalls incoming,
    IOutgoingGrainCallFilter[] filters,
    SiloMessagingOptions options,
    TimeProvider time,
    ILogger logger)
{
    public ValueCopier Copier => copier;

    public IncomingCalls Incoming => incoming;

    public Task<object?> SendAsync(GrainReference target, GrainMethod method, object?[] arguments)
        => filters.Length == 0 ? Send(target, method, arguments) : new OutgoingCall(this, filters, target, method, arguments).RunAsync();

    public Task<object?> Send(GrainReference target, GrainMethod method, object?[] arguments)
    {
        GrainCall call;
        try
        {
            if (method.CancellationIndex >= 0 && arguments[method.CancellationIndex] is CancellationToken { IsCancellationRequested: true } token)
            {
                return Task.FromCanceled<object?>(token);
            }

            call = new GrainCall(this, method, Copied(method, arguments), target.GrainId, RuntimeContext.Current?.GrainId);
        }
        catch (Exception exception)
        {
            return Task.FromException<object?>(exception);
        }

        call.Watch(time, method.ResponseTimeout ?? ResponseTimeout, options);
        if (ObserverDirectory.Owns(call.Target))
        {
            observers.Receive(call);
        }
        else
        {
            activations.Receive(call);
        }

        return method.IsOneWay ? Task.FromResult<object?>(null) : call.Completion;
    }

    public void OneWayFailed(GrainCall call, Exception exception) => CallSenderLog.OneWayFailed(logger, call, exception);

    private TimeSpan ResponseTimeout => System.Diagnostics.Debugger.IsAttached ? options.ResponseTimeoutWithDebugger : options.ResponseTimeout;

    private object?[] Copied(GrainMethod method, object?[] arguments)
    {
        ValueCopier.Session session = copier.NewSession();
        for (int index = 0; index < arguments.Length; index++)
        {
            if (!method.PassedAsIs[index])
            {
                arguments[index] = session.Copy(arguments[index]);
            }
        }

        return arguments;
    }
}

internal static partial class CallSenderLog
{
    [LoggerMessage(1, LogLevel.Warning, "One-way call {Call} failed.")]
    public static partial void OneWayFailed(ILogger logger, GrainCall call, Exception exception);
}
