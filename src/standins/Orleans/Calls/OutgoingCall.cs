using System.Reflection;

namespace Orleans.Runtime;

/// <summary>A call in the outgoing filters of its caller.</summary>
internal sealed class OutgoingCall(CallSender sender, IOutgoingGrainCallFilter[] filters, GrainReference target, GrainMethod method, object?[] arguments) : IOutgoingGrainCallContext
{
    private int _next;

    public object Grain => target;

    public IGrainContext? SourceContext { get; } = RuntimeContext.Current;

    public GrainId? SourceId => SourceContext?.GrainId;

    public GrainId TargetId => target.GrainId;

    public GrainInterfaceType InterfaceType => target.InterfaceType;

    public string InterfaceName => target.InterfaceName;

    public string MethodName => method.Method.Name;

    public MethodInfo InterfaceMethod => method.Method;

    public object? Result { get; set; }

    public async Task<object?> RunAsync()
    {
        await Invoke();
        return Result;
    }

    public async Task Invoke()
    {
        if (_next < filters.Length)
        {
            await filters[_next++].Invoke(this);
        }
        else
        {
            Result = await sender.Send(target, method, [.. arguments]);
        }
    }
}
