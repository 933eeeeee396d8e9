using ProjectedGan.Testing.Api;

namespace Orleans.Tests.Api;

public class OfficialApiTests
{
    private static readonly Type[] StandIn = typeof(Grain).Assembly.GetTypes();

    [Fact]
    public void StandIn_EveryPublicMember_ExistsInTheOfficialPackages()
    {
        IReadOnlyList<string> extra = PublicSurface.Extra(StandIn, Official());

        Assert.True(extra.Count == 0, "Members that the official packages lack:\n" + string.Join("\n", extra));
        Assert.True(PublicSurface.Ids(StandIn).Count() > 400, "The stand-in's members were not found.");
    }

    [Fact]
    public void Comparer_MemberThatTheListLacks_IsReported()
    {
        const string Missing = "M:Orleans.Grain.DelayDeactivation(System.TimeSpan)";

        Assert.Equal([Missing], PublicSurface.Extra(StandIn, Official().Where(id => id != Missing)));
    }

    private static IEnumerable<string> Official() => new[] { "Orleans.txt", "Orleans.Reminders.txt" }
        .SelectMany(file => File.ReadLines(Path.Combine(AppContext.BaseDirectory, "official", file)));
}
