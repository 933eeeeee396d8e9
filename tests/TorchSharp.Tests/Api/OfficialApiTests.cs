using ProjectedGan.Testing.Api;

namespace TorchSharp.Tests.Api;

public class OfficialApiTests
{
    [Fact]
    public void StandIn_EveryPublicMember_ExistsInTheOfficialPackage() =>
        PublicSurface.AssertOfficial(typeof(torch).Assembly.GetTypes(), "TorchSharp.txt", atLeast: 500);
}
