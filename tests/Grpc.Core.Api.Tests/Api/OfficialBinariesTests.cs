using System.Reflection;
using System.Runtime.CompilerServices;
using Grpc.AspNetCore.Server;
using Grpc.Net.Client;
using Grpc.Net.Compression;

namespace Grpc.Core.Api.Tests.Api;

/// <summary>The official client and server, unchanged, on top of the stand-ins.</summary>
public class OfficialBinariesTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static TheoryData<Type> Binaries => new(typeof(GrpcChannel), typeof(GrpcServiceOptions));

    [Theory]
    [MemberData(nameof(Binaries))]
    public void OfficialBinary_References_HaveTheStandInsIdentity(Type sample)
    {
        var references = sample.Assembly.GetReferencedAssemblies().ToDictionary(name => name.Name!, name => name.FullName);

        Assert.Equal(references["Grpc.Core.Api"], typeof(ChannelBase).Assembly.FullName);
        Assert.Equal(references["Grpc.Net.Common"], typeof(ICompressionProvider).Assembly.FullName);
    }

    /// <summary>Compiling a method resolves each type and member that it mentions.</summary>
    [Theory]
    [MemberData(nameof(Binaries))]
    public void OfficialBinary_EveryMethod_Compiles(Type sample)
    {
        var failures = new List<string>();
        int compiled = 0;
        foreach (var method in sample.Assembly.GetTypes().SelectMany(Methods))
        {
            try
            {
                if (TryCompile(method))
                {
                    compiled++;
                }
            }
            catch (Exception exception) when (exception is MissingMemberException or TypeLoadException or FileNotFoundException)
            {
                failures.Add($"{method.DeclaringType}.{method.Name}: {exception.Message}");
            }
        }

        Assert.Empty(failures);
        Assert.True(compiled > 300, $"Only {compiled} methods were compiled.");
    }

    private static IEnumerable<MethodBase> Methods(Type type) => type.GetMethods(Declared).Cast<MethodBase>().Concat(type.GetConstructors(Declared))
        .Where(method => !method.IsAbstract && method.GetMethodBody() is not null);

    // Generic ones are compiled for object, unless a constraint forbids it.
    private static bool TryCompile(MethodBase method)
    {
        Type[] own = method.IsGenericMethodDefinition ? method.GetGenericArguments() : [];
        Type[] all = [.. method.DeclaringType!.GetGenericArguments(), .. own];
        if (all.Any(IsConstrained))
        {
            return false;
        }

        RuntimeHelpers.PrepareMethod(method.MethodHandle, [.. all.Select(_ => typeof(object).TypeHandle)]);
        return true;
    }

    private static bool IsConstrained(Type parameter) =>
        parameter.GetGenericParameterConstraints().Length > 0 || parameter.GenericParameterAttributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
}
