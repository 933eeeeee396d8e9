using System.Diagnostics;
using System.Text;
using ProjectedGan.Foundation;
using Xunit.Abstractions;

namespace ProjectedGan.Specification.Tests;

/// <summary>Anybody may submit a spec; none ends the process or keeps a thread.</summary>
public class HostileSpecTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static TheoryData<string, string> Hostile => new()
    {
        { "? &a [*a]\n: 1\n", "anchors are not taken" },
        { "a: &a [*a]\n", "anchors are not taken" },
        { "a: *a\n", "aliases are not taken" },
        { AliasesInKeys(20), "anchors are not taken" },
        { "? [1]\n: 1\n", "a name must be a plain text" },
        { "? {a: 1}\n: 1\n", "a name must be a plain text" },
        { "{{a: 1}: 1}", "a name must be a plain text" },
        { "a: " + new string('[', 60_000), "nested deeper than 8 levels" },
        { "a: " + string.Concat(Enumerable.Repeat("[{a: ", 20_000)), "nested deeper than 8 levels" },
        { string.Concat(Enumerable.Range(0, 300).Select(level => new string(' ', level) + "a:\n")), "nested deeper than 8 levels" },
        { "a:\n" + string.Concat(Enumerable.Repeat("- ", 60_000)), "nested deeper than 8 levels" },
        { string.Concat(Enumerable.Repeat("? ", 60_000)), "a name must be a plain text" },
        { "# " + new string('x', TrainingSpecFile.MostBytes), "a spec may have 262144 bytes" },
        { "# " + new string('ä', TrainingSpecFile.MostBytes / 2), "a spec may have 262144 bytes" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Inspect_HostileText_IsRefusedWithAReason(string yaml, string expected)
    {
        var start = Stopwatch.GetTimestamp();

        var error = Assert.Throws<PganException>(() => TrainingSpecFile.Inspect("spec_yaml", yaml));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 0, 300);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, Patience);
    }

    [Fact]
    public void Inspect_ListsAndSectionsOfAFewLevels_AreToldAsWrongValues()
    {
        var (_, problems) = TrainingSpecFile.Inspect("spec_yaml", "batch: [[[1]]]\nseed: {a: {b: [1]}}\n");

        Assert.Equal(
            ["line 1: batch holds a list or a section; it must be a whole number.", "line 2: seed holds a list or a section; it must be a whole number."],
            problems.Select(problem => problem.Message));
    }

    [Fact]
    public void Inspect_VeryManyUnknownNames_ListsTheFirstOnes()
    {
        var (_, problems) = TrainingSpecFile.Inspect("spec_yaml", string.Concat(Enumerable.Range(0, 26_000).Select(line => $"k{line}: 1\n")));

        Assert.Equal(101, problems.Count);
        Assert.StartsWith("line 100: k99 is no known setting", problems[99].Message, StringComparison.Ordinal);
        Assert.Equal("line 101: k100 and what follows was not looked at; mend what comes before first.", problems[100].Message);
    }

    [Fact]
    public void Inspect_LongNamesAndValues_AreQuotedInPart()
    {
        var (_, problems) = TrainingSpecFile.Inspect("spec_yaml", $"{new string('k', 900)}: 1\nbatch: {new string('b', 100_000)}\ndata:\n  {new string('d', 900)}: 1\n");

        Assert.Equal(3, problems.Count);
        Assert.All(problems, problem => Assert.InRange(problem.Path.Length + problem.Message.Length, 0, 400));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Inspect_TextsMadeAtRandom_AreReadOrRefused(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var whole = TrainingSpecFile.Write(new TrainingSpec());
        var start = Stopwatch.GetTimestamp();
        var refused = 0;
        for (var round = 0; round < 300; round++)
        {
            var text = random.Next(2) == 0 ? Mutated(whole, random) : Made(random);
            try
            {
                TrainingSpecFile.Inspect("spec_yaml", text);
            }
            catch (PganException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 30, 299);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, 3 * Patience);
    }

    // Each level's key holds the one below twice: to hash the last one takes 2^levels steps.
    private static string AliasesInKeys(int levels)
    {
        var text = new StringBuilder("? &k0 [1]\n: 1\n");
        for (var level = 1; level < levels; level++)
        {
            text.Append($"? &k{level} [*k{level - 1}, *k{level - 1}]\n: 1\n");
        }
        return text.ToString();
    }

    private static string Mutated(string whole, Random random)
    {
        var text = new StringBuilder(whole);
        for (var change = random.Next(1, 8); change > 0; change--)
        {
            var place = random.Next(text.Length);
            switch (random.Next(3))
            {
                case 0: text[place] = Letter(random); break;
                case 1: text.Insert(place, Piece(random)); break;
                default: text.Remove(place, Math.Min(random.Next(1, 20), text.Length - place)); break;
            }
        }
        return text.ToString();
    }

    private static string Made(Random random)
    {
        var text = new StringBuilder();
        for (var pieces = random.Next(1, 60); pieces > 0; pieces--)
        {
            var piece = Piece(random);
            // Now and then very deep or very wide.
            text.Insert(text.Length, piece, random.Next(30) == 0 ? random.Next(2_000) : 1);
        }
        return text.ToString();
    }

    private static string Piece(Random random) => random.Next(20) switch
    {
        0 => "[",
        1 => "]",
        2 => "{",
        3 => "}",
        4 => "? ",
        5 => ": ",
        6 => "- ",
        7 => "\n",
        8 => "\n" + new string(' ', random.Next(12)),
        9 => $"&a{random.Next(3)} ",
        10 => $"*a{random.Next(3)} ",
        11 => "---\n",
        12 => "!!str ",
        13 => "|\n ",
        14 => "\"\\ud800\" ",
        15 => ", ",
        16 => "<<: ",
        17 => "batch: 8\n",
        18 => "data:\n  ",
        _ => Letter(random).ToString(),
    };

    private static char Letter(Random random) => random.Next(4) == 0 ? (char)random.Next(1, 0xD800) : (char)random.Next(' ', '\x7f');
}
