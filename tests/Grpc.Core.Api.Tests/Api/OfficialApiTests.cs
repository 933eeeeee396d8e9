using System.Reflection;
using Grpc.Net.Compression;
using ProjectedGan.Testing.Api;

namespace Grpc.Core.Api.Tests.Api;

public class OfficialApiTests
{
    private static readonly Assembly CoreApi = typeof(ChannelBase).Assembly;
    private static readonly Assembly NetCommon = typeof(ICompressionProvider).Assembly;

    [Fact]
    public void CoreApi_EveryPublicMember_ExistsInTheOfficialPackage() => PublicSurface.AssertOfficial(CoreApi.GetTypes(), "Grpc.txt", atLeast: 300);

    [Fact]
    public void NetCommon_EveryPublicMember_ExistsInTheOfficialPackage() => PublicSurface.AssertOfficial(NetCommon.GetTypes(), "Grpc.txt", atLeast: 20);

    [Fact]
    public void Comparer_MemberThatTheListLacks_IsReported()
    {
        const string Missing = "M:Grpc.Core.Interceptors.Interceptor.UnaryServerHandler``2(``0,Grpc.Core.ServerCallContext,Grpc.Core.UnaryServerMethod{``0,``1})";
        var official = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "official", "Grpc.txt")).Where(id => id != Missing);

        Assert.Equal([Missing], PublicSurface.Extra(CoreApi.GetTypes(), official));
    }

    /// <summary>The stand-ins are whole: what of the official API belongs to the two assemblies is there.</summary>
    [Fact]
    public void StandIns_EveryOfficialMemberOfTheirNamespaces_Exists()
    {
        string[] elsewhere = ["Grpc.Core.ServerCallContextExtensions"];
        var present = PublicSurface.Ids([.. CoreApi.GetTypes(), .. NetCommon.GetTypes()]).ToHashSet(StringComparer.Ordinal);
        var missing = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "official", "Grpc.txt"))
            .Where(id => id[2..].StartsWith("Grpc.Core.", StringComparison.Ordinal) || id[2..].StartsWith("Grpc.Net.Compression.", StringComparison.Ordinal))
            .Where(id => !elsewhere.Any(type => id.Contains(type, StringComparison.Ordinal)) && !id.EndsWith(".#ctor", StringComparison.Ordinal))
            .Where(id => !present.Contains(id));

        Assert.Empty(missing);
    }
}
