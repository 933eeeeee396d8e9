using System.Collections.Concurrent;
using System.Reflection;

namespace Orleans.Runtime;

/// <summary>Makes references: one emitted class for each interface, one object for each call.</summary>
internal sealed class GrainReferenceFactory(Func<CallSender> calls)
{
    private readonly ConcurrentDictionary<Type, (GrainReferenceShared Shared, Func<GrainReferenceShared, GrainId, GrainReference> Create)> _known = new();

    /// <exception cref="ArgumentException">The type is no grain interface.</exception>
    public GrainReference Create(Type interfaceType, GrainId grainId)
    {
        (GrainReferenceShared shared, Func<GrainReferenceShared, GrainId, GrainReference> create) = _known.GetOrAdd(interfaceType, Describe);
        return create(shared, grainId);
    }

    private (GrainReferenceShared Shared, Func<GrainReferenceShared, GrainId, GrainReference> Create) Describe(Type interfaceType)
    {
        if (!interfaceType.IsInterface || !typeof(IAddressable).IsAssignableFrom(interfaceType) || interfaceType.ContainsGenericParameters)
        {
            throw new ArgumentException($"{interfaceType} is no grain interface: an interface that derives from IGrain or IGrainObserver.", nameof(interfaceType));
        }

        GrainInterfaceType name = interfaceType.GetCustomAttribute<GrainInterfaceTypeAttribute>()?.GetGrainInterfaceType(null!, interfaceType)
            ?? GrainInterfaceType.Create(interfaceType.GetCustomAttribute<AliasAttribute>()?.Alias ?? interfaceType.FullName!);
        var shared = new GrainReferenceShared(interfaceType, name, GrainMethod.Of(interfaceType), calls(), this);
        return (shared, GrainReferenceEmitter.Emit(interfaceType, shared.Methods));
    }
}
