using ProjectedGan.Testing.Api;

namespace TorchSharp.Tests.Api;

public class PublicSurfaceTests
{
    [Fact]
    public void Comparer_MembersThatTheListLacks_AreReported()
    {
        string[] official =
        [
            "T:TorchSharp.Tests.Api.Sample`1",
            "M:TorchSharp.Tests.Api.Sample`1.Listed``1(`0,``0@,System.Int64[0:,0:],System.Collections.Generic.Dictionary{System.String,`0[]})",
            "M:TorchSharp.Tests.Api.Sample`1.op_Implicit(TorchSharp.Tests.Api.Sample{`0})~System.Nullable{System.Int32}",
            "P:TorchSharp.Tests.Api.Sample`1.Item(System.Int64)",
            "T:TorchSharp.Tests.Api.Sample`1.Nested",
        ];

        var extra = PublicSurface.Extra([typeof(Sample<>), typeof(Sample<>.Nested)], official);

        Assert.Equal(["F:TorchSharp.Tests.Api.Sample`1.Nested.Unlisted", "M:TorchSharp.Tests.Api.Sample`1.Unlisted(System.Int32)"], extra);
    }
}

public class Sample<T>
{
    public long this[long index] => index;

    public static implicit operator int?(Sample<T> value) => null;

    public void Listed<TOther>(T first, out TOther? second, long[,] third, Dictionary<string, T[]> fourth) => second = default;

    protected void Unlisted(int extra) => _ = extra;

    public class Nested
    {
        protected internal const int Unlisted = 1;
    }
}
