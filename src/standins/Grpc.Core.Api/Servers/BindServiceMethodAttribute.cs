using System.Diagnostics.CodeAnalysis;
using Grpc.Core.Utils;

namespace Grpc.Core;

/// <summary>Says of a generated service base which static method lists its methods.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false, Inherited = true)]
public class BindServiceMethodAttribute : Attribute
{
    private const DynamicallyAccessedMemberTypes Binders = DynamicallyAccessedMemberTypes.PublicMethods | DynamicallyAccessedMemberTypes.NonPublicMethods;

    public BindServiceMethodAttribute([DynamicallyAccessedMembers(Binders)] Type bindType, string bindMethodName)
    {
        BindType = GrpcPreconditions.CheckNotNull(bindType, nameof(bindType));
        BindMethodName = GrpcPreconditions.CheckNotNull(bindMethodName, nameof(bindMethodName));
    }

    [DynamicallyAccessedMembers(Binders)]
    public Type BindType { get; }

    public string BindMethodName { get; }
}
