using System.Diagnostics;
using System.Reflection;

namespace Orleans.Runtime;

/// <summary>Runs a call in its grain: through the silo's incoming filters and the grain's own, inside an activity when those are propagated.</summary>
internal sealed class IncomingCalls(IIncomingGrainCallFilter[] filters, bool propagatesActivities)
{
    private static readonly ActivitySource Activities = new("Microsoft.Orleans.Application");

    public async Task<object?> InvokeAsync(GrainCall call, GrainActivation activation)
    {
        using Activity? activity = propagatesActivities
            ? Activities.StartActivity(call.Method.ToString(), ActivityKind.Server, call.ParentActivity ?? default)
            : null;
        try
        {
            return await FilteredAsync(call, activation);
        }
        catch (Exception exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            throw;
        }
    }

    private async Task<object?> FilteredAsync(GrainCall call, GrainActivation activation)
    {
        object grain = activation.GrainInstance!;
        if (filters.Length == 0 && grain is not IIncomingGrainCallFilter)
        {
            return await call.Method.InvokeAsync(grain, call.Arguments);
        }

        var context = new Context(filters, call, activation);
        await context.Invoke();
        return context.Result;
    }

    private sealed class Context(IIncomingGrainCallFilter[] filters, GrainCall call, GrainActivation activation) : IIncomingGrainCallContext
    {
        private int _next;

        public object Grain => activation.GrainInstance!;

        public IGrainContext TargetContext => activation;

        public GrainId? SourceId => call.Source;

        public GrainId TargetId => call.Target;

        public GrainInterfaceType InterfaceType => GrainInterfaceType.Create(InterfaceName);

        public string InterfaceName => call.Method.InterfaceType.FullName!;

        public string MethodName => call.Method.Method.Name;

        public MethodInfo InterfaceMethod => call.Method.Method;

        public MethodInfo ImplementationMethod
        {
            get
            {
                InterfaceMapping map = Grain.GetType().GetInterfaceMap(InterfaceMethod.DeclaringType!);
                return map.TargetMethods[Array.IndexOf(map.InterfaceMethods, InterfaceMethod)];
            }
        }

        public object? Result { get; set; }

        public async Task Invoke()
        {
            int stage = _next++;
            if (stage < filters.Length)
            {
                await filters[stage].Invoke(this);
            }
            else if (stage == filters.Length && Grain is IIncomingGrainCallFilter own)
            {
                await own.Invoke(this);
            }
            else
            {
                Result = await call.Method.InvokeAsync(Grain, call.Arguments);
            }
        }
    }
}
