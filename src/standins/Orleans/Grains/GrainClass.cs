using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;

namespace Orleans.Runtime;

/// <summary>A grain class: its type's name, its attributes, and how an instance is made.</summary>
internal sealed class GrainClass
{
    private readonly ObjectFactory _factory;
    private readonly (Type StateType, PersistentStateAttribute Attribute)[] _states;

    public GrainClass(Type type)
    {
        Class = type;
        Type = type.GetCustomAttribute<GrainTypeAttribute>()?.GetGrainType(null!, type) ?? GrainType.Create(DefaultName(type));
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute), inherit: true);
        KeepsAlive = type.IsDefined(typeof(KeepAliveAttribute), inherit: true);
        AgeLimit = type.GetCustomAttribute<CollectionAgeLimitAttribute>()?.AgeLimit;
        ConstructorInfo[] constructors = type.GetConstructors();
        ConstructorInfo? chosen = constructors.FirstOrDefault(static constructor => constructor.IsDefined(typeof(ActivatorUtilitiesConstructorAttribute)))
            ?? constructors.MaxBy(static constructor => constructor.GetParameters().Length);
        _states = [.. (chosen?.GetParameters() ?? [])
            .Select(static parameter => (parameter.ParameterType, Attribute: parameter.GetCustomAttribute<PersistentStateAttribute>()!))
            .Where(static state => state.Attribute is not null)];
        _factory = ActivatorUtilities.CreateFactory(type, [.. _states.Select(static state => state.StateType)]);
    }

    public Type Class { get; }

    public GrainType Type { get; }

    public bool IsReentrant { get; }

    public bool KeepsAlive { get; }

    public TimeSpan? AgeLimit { get; }

    public object CreateInstance(IGrainContext context)
    {
        object[] states = [.. _states.Select(state => State(context, state.StateType, state.Attribute))];
        return _factory(context.ActivationServices, states);
    }

    private static object State(IGrainContext context, Type type, PersistentStateAttribute attribute)
    {
        if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(IPersistentState<>))
        {
            throw new ArgumentException($"[PersistentState(\"{attribute.StateName}\")] marks a parameter of type {type}; it belongs on IPersistentState<T>.");
        }

        var states = context.ActivationServices.GetRequiredService<IPersistentStateFactory>();
        MethodInfo create = typeof(IPersistentStateFactory).GetMethod(nameof(IPersistentStateFactory.Create))!.MakeGenericMethod(type.GetGenericArguments());
        return create.Invoke(states, BindingFlags.DoNotWrapExceptions, null, [context, attribute], null)!;
    }

    private static string DefaultName(Type type)
    {
        const string Suffix = "Grain";
        string name = type.Name;
        return (name.EndsWith(Suffix, StringComparison.Ordinal) && name.Length > Suffix.Length ? name[..^Suffix.Length] : name).ToLowerInvariant();
    }
}
