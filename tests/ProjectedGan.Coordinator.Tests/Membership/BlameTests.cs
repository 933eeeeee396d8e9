using ProjectedGan.Coordinator.Membership;

namespace ProjectedGan.Coordinator.Tests.Membership;

public class BlameTests
{
    private static readonly string[] Order = ["a", "b", "c", "d"];

    [Theory]
    [InlineData("a>b", "b")]
    [InlineData("a>b b>a", "b")]
    [InlineData("b>a", "a")]
    [InlineData("a>b c>b b>a b>c", "b")]
    [InlineData("a>b a>c a>d", "a")]
    [InlineData("b>a c>a d>a", "a")]
    [InlineData("a>b c>d", "d")]
    public void Fault_LiesWithTheOneInMostTrouble(string complaints, string expected)
        => Assert.Equal(expected, Blame.Find([.. complaints.Split(' ').Select(complaint => (complaint[..1], complaint[2..]))], Order));

    [Fact]
    public void Fault_AmongSome_LiesWithOneOfThem()
        => Assert.Equal("c", Blame.Find([("a", "b"), ("d", "b"), ("b", "c"), ("a", "c")], Order, new HashSet<string> { "a", "c" }));
}
