using System.Collections.Immutable;
using Orleans.Concurrency;
using Orleans.Serialization;
using Orleans.Tests.Hosting;

namespace Orleans.Tests.Copying;

[GenerateSerializer]
public sealed class Box
{
    [Id(0)]
    public List<int> Items { get; set; } = [];

    [Id(1)]
    public Box? Inner { get; set; }

    public string? Unmarked { get; set; }
}

[GenerateSerializer]
public abstract record Shape([property: Id(0)] string Name);

[GenerateSerializer]
public sealed record Polygon(string Name, int[] Sides) : Shape(Name)
{
    [Id(0)]
    public Dictionary<string, List<int>> Marks { get; init; } = [];
}

[GenerateSerializer]
public readonly record struct Pair(int[] Left, int[] Right);

[GenerateSerializer, Immutable]
public sealed record Frozen([property: Id(0)] int[] Values);

[GenerateSerializer]
public sealed class Shared
{
    [Id(0), Immutable]
    public int[] Items { get; init; } = [];

    [Id(1)]
    public int[] Own { get; init; } = [];
}

public sealed class Unmarked;


public interface ICopyGrain : IGrainWithStringKey
{
    Task<object?> EchoAsync(object? value);

    Task ChangeAsync(Box box);

    Task<Box> KeepAsync(Box box);

    Task<bool> IsSameAsync([Immutable] Box box, Immutable<Box> other);

    [return: Immutable]
    Task<Box> KeptAsync();
}

public sealed class CopyGrain : Grain, ICopyGrain
{
    public static Box? LastSeen { get; set; }

    private Box _kept = new();

    public Task<object?> EchoAsync(object? value) => Task.FromResult(value);

    public Task ChangeAsync(Box box)
    {
        box.Items.Add(99);
        return Task.CompletedTask;
    }

    public Task<Box> KeepAsync(Box box) => Task.FromResult(_kept = box);

    public Task<bool> IsSameAsync(Box box, Immutable<Box> other) => Task.FromResult(ReferenceEquals(box, LastSeen) && ReferenceEquals(other.Value, LastSeen));

    public Task<Box> KeptAsync() => Task.FromResult(_kept);
}

public class CopyTests
{
    private static readonly ValueCopier Copier = new();

    public static TheoryData<object> Copied => new(
        new List<int> { 1, 2 },
        new[] { "a", "b" },
        new[,] { { 1, 2 }, { 3, 4 } },
        new[] { new[] { 1 }, [2, 3] },
        new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "A" },
        new Dictionary<string, List<int>> { ["x"] = [1] },
        new SortedDictionary<int, string> { [1] = "a" },
        new Queue<int>([1, 2, 3]),
        new Stack<int>([1, 2, 3]),
        new KeyValuePair<string, int[]>("k", [1]),
        (1, "two", new List<int> { 3 }),
        Tuple.Create(1, new[] { 2 }),
        (1, 2, 3, 4, 5, 6, 7, 8, new[] { 9 }),
        new Memory<byte>([1, 2]),
        ImmutableArray.Create(new List<int> { 1 }),
        ImmutableList.Create(new[] { 1 }, [2]),
        ImmutableQueue.Create<int[]>([1]),
        ImmutableDictionary<string, int[]>.Empty.Add("x", [1]));

    [Theory]
    [MemberData(nameof(Copied))]
    public void Copy_Collection_IsEqualAndAnother(object value)
    {
        object copy = Copier.Copy(value)!;

        Assert.NotSame(value, copy);
        Assert.IsType(value.GetType(), copy);
        Assert.Equivalent(value, copy, strict: true);
    }

    [Theory]
    [InlineData("text")]
    [InlineData(5)]
    [InlineData(DayOfWeek.Friday)]
    public void Copy_SimpleValue_IsTheSame(object value) => Assert.Equal(value, Copier.Copy(value));

    [Fact]
    public void Copy_MarkedClass_CopiesMarkedMembersDeeply()
    {
        var box = new Box { Items = [1], Inner = new Box { Items = [2] }, Unmarked = "left behind" };

        var copy = (Box)Copier.Copy(box)!;

        Assert.NotSame(box.Items, copy.Items);
        Assert.Equal([2], copy.Inner!.Items);
        Assert.NotSame(box.Inner, copy.Inner);
        Assert.Null(copy.Unmarked);
    }

    [Fact]
    public void Copy_RecordWithBase_CopiesBothLevels()
    {
        var polygon = new Polygon("triangle", [3, 4, 5]) { Marks = { ["a"] = [1] } };

        var copy = (Polygon)Copier.Copy(polygon)!;

        Assert.Equal("triangle", copy.Name);
        Assert.Equal([3, 4, 5], copy.Sides);
        Assert.NotSame(polygon.Sides, copy.Sides);
        Assert.Equal([1], copy.Marks["a"]);
        Assert.NotSame(polygon.Marks["a"], copy.Marks["a"]);
    }

    [Fact]
    public void Copy_RecordStruct_CopiesMembers()
    {
        var pair = new Pair([1], [2]);

        var copy = (Pair)Copier.Copy(pair)!;

        Assert.Equal([2], copy.Right);
        Assert.NotSame(pair.Left, copy.Left);
    }

    [Fact]
    public void Copy_Cycle_Ends()
    {
        var box = new Box();
        box.Inner = box;

        var copy = (Box)Copier.Copy(box)!;

        Assert.NotSame(box, copy);
        Assert.Same(copy, copy.Inner);
    }

    [Fact]
    public void Copy_ObjectTwice_IsOneObjectTwice()
    {
        var box = new Box();

        var copy = (Box[])Copier.Copy(new[] { box, box })!;

        Assert.NotSame(box, copy[0]);
        Assert.Same(copy[0], copy[1]);
    }

    [Fact]
    public void Copy_ImmutableType_IsPassedAsIs()
    {
        var frozen = new Frozen([1]);

        Assert.Same(frozen, Copier.Copy(frozen));
    }

    [Fact]
    public void Copy_ImmutableCollectionOfSimpleValues_IsPassedAsIs()
    {
        var list = ImmutableList.Create("a", "b");
        ImmutableArray<Frozen> array = [new Frozen([1])];

        Assert.Same(list, Copier.Copy(list));
        Assert.True(array == (ImmutableArray<Frozen>)Copier.Copy(array)!);
    }

    [Fact]
    public void Copy_MemberMarkedImmutable_IsPassedAsIs()
    {
        var shared = new Shared { Items = [1], Own = [2] };

        var copy = (Shared)Copier.Copy(shared)!;

        Assert.Same(shared.Items, copy.Items);
        Assert.NotSame(shared.Own, copy.Own);
    }

    [Theory]
    [InlineData(typeof(Unmarked), "[GenerateSerializer]")]
    [InlineData(typeof(MemoryStream), "[GenerateSerializer]")]
    public void Copy_UnmarkedType_IsRefusedByName(Type type, string advice)
    {
        var thrown = Assert.Throws<CodecNotFoundException>(() => Copier.Copy(Activator.CreateInstance(type)));

        Assert.StartsWith($"Could not find a copier for type {type}.", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(advice, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Copy_CompilersOwnCollection_IsRefusedWithAdvice()
    {
        IReadOnlyList<int> literal = [1, 2, 3];

        Assert.Contains("List<T>", Assert.Throws<CodecNotFoundException>(() => Copier.Copy(literal)).Message, StringComparison.Ordinal);
        Assert.Throws<CodecNotFoundException>(() => Copier.Copy(Enumerable.Range(0, 3).Select(static item => item)));
    }

    [Fact]
    public async Task Call_ArgumentChangedByTheGrain_StaysAtTheCaller()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ICopyGrain>("change");
        var box = new Box { Items = [1] };

        await grain.ChangeAsync(box);
        Box kept = await grain.KeepAsync(box);
        kept.Items.Add(5);

        Assert.Equal([1], box.Items);
        Assert.Equal([1], (await grain.KeptAsync()).Items);
    }

    [Fact]
    public async Task Call_ImmutableArgumentsAndResults_AreNotCopied()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ICopyGrain>("as-is");
        var box = new Box();
        CopyGrain.LastSeen = box;

        Assert.True(await grain.IsSameAsync(box, box.AsImmutable()));
        Assert.Same(await grain.KeptAsync(), await grain.KeptAsync());
    }

    [Fact]
    public async Task Call_ArgumentThatCannotTravel_FailsAtTheCaller()
    {
        await using TestSilo silo = await TestSilo.StartAsync();

        await Assert.ThrowsAsync<CodecNotFoundException>(() => silo.Grains.GetGrain<ICopyGrain>("refused").EchoAsync(new Unmarked()));
    }
}
