namespace Grpc.Core;

/// <summary>Carries a server call's deadline and cancellation to the calls that it makes. Only transports make one.</summary>
public abstract class ContextPropagationToken
{
    internal ContextPropagationToken()
    {
    }
}
