namespace Orleans.Runtime;

/// <summary>
/// A grain's address with one of its interfaces. Classes that implement the interface are emitted by
/// <see cref="GrainReferenceFactory"/>; references of one grain are equal whatever their interfaces.
/// </summary>
public class GrainReference : IAddressable, IEquatable<GrainReference>
{
    internal GrainReference(GrainReferenceShared shared, GrainId grainId)
    {
        Shared = shared;
        GrainId = grainId;
    }

    public GrainId GrainId { get; }

    public GrainInterfaceType InterfaceType => Shared.InterfaceType;

    public virtual string InterfaceName => Shared.Interface.Name;

    internal GrainReferenceShared Shared { get; }

    public virtual TGrainInterface Cast<TGrainInterface>()
        where TGrainInterface : IAddressable
        => (TGrainInterface)(object)Shared.References.Create(typeof(TGrainInterface), GrainId);

    public bool Equals(GrainReference? other) => other is not null && GrainId.Equals(other.GrainId);

    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    public override int GetHashCode() => GrainId.GetHashCode();

    public uint GetUniformHashCode() => GrainId.GetUniformHashCode();

    public sealed override string ToString() => $"GrainReference:{GrainId}:{InterfaceType}";

    public static bool operator ==(GrainReference? reference1, GrainReference? reference2)
        => reference1 is null ? reference2 is null : reference1.Equals(reference2);

    public static bool operator !=(GrainReference? reference1, GrainReference? reference2) => !(reference1 == reference2);

    // What the emitted methods call, one for each kind of return type.
    internal void CallVoid(int method, object?[] arguments) => _ = Shared.Calls.SendAsync(this, Shared.Methods[method], arguments);

    internal Task CallTask(int method, object?[] arguments) => Shared.Calls.SendAsync(this, Shared.Methods[method], arguments);

    internal async Task<T> CallTaskOf<T>(int method, object?[] arguments)
        => (T)(await Shared.Calls.SendAsync(this, Shared.Methods[method], arguments).ConfigureAwait(false))!;

    internal ValueTask CallValueTask(int method, object?[] arguments) => new(CallTask(method, arguments));

    internal ValueTask<T> CallValueTaskOf<T>(int method, object?[] arguments) => new(CallTaskOf<T>(method, arguments));
}

/// <summary>What all references with one interface have in common.</summary>
internal sealed record GrainReferenceShared(Type Interface, GrainInterfaceType InterfaceType, GrainMethod[] Methods, CallSender Calls, GrainReferenceFactory References);
