using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Concurrency;

namespace Orleans.Runtime;

/// <summary>A method of a grain interface: how it is called, and what the attributes say of it.</summary>
internal sealed class GrainMethod
{
    private static readonly ConcurrentDictionary<Type, GrainMethod[]> Known = new();
    private static readonly MethodInfo ResultOfTask = typeof(GrainMethod).GetMethod(nameof(AwaitTask), BindingFlags.NonPublic | BindingFlags.Static)!;
    private static readonly MethodInfo ResultOfValueTask = typeof(GrainMethod).GetMethod(nameof(AwaitValueTask), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly MethodInvoker _invoker;
    private readonly Func<object?, Task<object?>> _result;

    private GrainMethod(MethodInfo method, Type interfaceType)
    {
        Method = method;
        InterfaceType = interfaceType;
        ParameterInfo[] parameters = method.GetParameters();
        CancellationIndex = Array.FindIndex(parameters, static parameter => parameter.ParameterType == typeof(CancellationToken));
        PassedAsIs = [.. parameters.Select(static parameter => parameter.IsDefined(typeof(ImmutableAttribute)) || parameter.ParameterType == typeof(CancellationToken))];
        ResultPassedAsIs = method.ReturnParameter.IsDefined(typeof(ImmutableAttribute));
        IsOneWay = method.IsDefined(typeof(OneWayAttribute)) || method.ReturnType == typeof(void);
        IsReadOnly = method.IsDefined(typeof(ReadOnlyAttribute));
        AlwaysInterleaves = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        ResponseTimeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
        _invoker = MethodInvoker.Create(method);
        _result = Awaiter(method.ReturnType);
    }

    public MethodInfo Method { get; }

    public Type InterfaceType { get; }

    public int CancellationIndex { get; }

    public bool[] PassedAsIs { get; }

    public bool ResultPassedAsIs { get; }

    public bool IsOneWay { get; }

    public bool IsReadOnly { get; }

    public bool AlwaysInterleaves { get; }

    public TimeSpan? ResponseTimeout { get; }

    /// <summary>The methods of an interface and of all that it inherits, in a fixed order.</summary>
    /// <exception cref="NotSupportedException">A method cannot be called from afar.</exception>
    public static GrainMethod[] Of(Type interfaceType) => Known.GetOrAdd(interfaceType, static type =>
    {
        IEnumerable<MethodInfo> methods = type.GetInterfaces().Prepend(type)
            .SelectMany(static declaring => declaring.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
            .Where(static method => method.IsAbstract);
        return [.. methods.Select(method => new GrainMethod(Checked(method), type))];
    });

    public Task<object?> InvokeAsync(object target, object?[] arguments)
    {
        try
        {
            return _result(_invoker.Invoke(target, arguments.AsSpan()));
        }
        catch (Exception exception)
        {
            return Task.FromException<object?>(exception);
        }
    }

    public override string ToString() => $"{InterfaceType.Name}.{Method.Name}";

    private static MethodInfo Checked(MethodInfo method)
    {
        string name = $"{method.DeclaringType}.{method.Name}";
        if (method.IsGenericMethodDefinition || method.GetParameters().Any(static parameter => parameter.ParameterType.IsByRef))
        {
            throw new NotSupportedException($"Grain method {name} is generic or has ref or out parameters, which this single-process Orleans does not support.");
        }

        Type type = method.ReturnType;
        Type open = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return open == typeof(void) || open == typeof(Task) || open == typeof(ValueTask) || open == typeof(Task<>) || open == typeof(ValueTask<>)
            ? method
            : throw new NotSupportedException($"Grain method {name} returns {type}; grain methods return Task, ValueTask, either of a value, or void.");
    }

    private static Func<object?, Task<object?>> Awaiter(Type type)
    {
        if (type == typeof(void))
        {
            return static _ => Task.FromResult<object?>(null);
        }

        if (type == typeof(Task))
        {
            return static async returned => { await Returned<Task>(returned); return null; };
        }

        if (type == typeof(ValueTask))
        {
            return static async returned => { await Returned<ValueTask>(returned); return null; };
        }

        MethodInfo open = type.GetGenericTypeDefinition() == typeof(Task<>) ? ResultOfTask : ResultOfValueTask;
        return open.MakeGenericMethod(type.GetGenericArguments()).CreateDelegate<Func<object?, Task<object?>>>();
    }

    private static async Task<object?> AwaitTask<T>(object? returned) => await Returned<Task<T>>(returned);

    private static async Task<object?> AwaitValueTask<T>(object? returned) => await Returned<ValueTask<T>>(returned);

    private static T Returned<T>(object? returned)
        => (T)(returned ?? throw new InvalidOperationException("A grain method returned null instead of a task."));
}
