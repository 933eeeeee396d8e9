using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Networks.Tests;
using ProjectedGan.Weights.PyTorch;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.Tests;

[Trait("Speed", "Slow")]
public sealed class HostilePickleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_HandMadeTensor_IsRead()
    {
        using var source = TorchPickle.Read(_folder.Write("a", new PickleBytes().Tensor(6, 1, [2, 2], [2, 1]).Zip(24)));
        Assert.Equal([2, 2], source.Find("tensor")!.Shape);
        Assert.Equal(16, source.ReadAll());
    }

    [Theory]
    [InlineData(6, 3, 2, 2, "reaches beyond the 6 elements of its storage '0'")]
    [InlineData(6, -1, 2, 2, "impossible shape")]
    [InlineData(6, 0, -2, 2, "impossible shape")]
    [InlineData(6, 0, 2, -2, "impossible shape")]
    [InlineData(6, 0, long.MaxValue, 2, "impossible shape")]
    [InlineData(6, 0, 1L << 40, 1L << 40, "reaches beyond")]
    [InlineData(6, long.MaxValue, 2, 2, "reaches beyond")]
    [InlineData(6, 0, 1L << 40, 0, "repeats its 6 stored elements")]
    [InlineData(1L << 40, 0, 2, 2, "storage '0' has 24 bytes, 4398046511104 are needed")]
    [InlineData(long.MaxValue, 0, 2, 2, "no tensor storage")]
    public void Read_TensorOutsideOfItsStorage_IsRefused(long elements, long offset, long size, long stride, string expected) =>
        Refuses(new PickleBytes().Tensor(elements, offset, [2, size], [1, stride]).Zip(24), expected);

    [Theory]
    [InlineData("os", "system", 'R')]
    [InlineData("builtins", "eval", 'R')]
    [InlineData("__torch__.net", "Net", 'R')]
    [InlineData("os", "system", '\u0081')]
    [InlineData("__torch__.net", "Net", '\u0081')]
    public void Import_ProgramThatCalls_IsRefused(string module, string name, char opcode)
    {
        var pickle = new PickleBytes().Global(module, name).Tuple(arguments => arguments.Text("echo")).Raw((byte)opcode);
        var file = _folder.Write("program.pt", pickle.Zip(isProgram: true));

        var error = Assert.Throws<WeightFileException>(() => WeightImport.Import(file, _folder.File("imported"), "clip_resnet50"));

        Assert.Matches("which would run code; refused|wrong arguments for", error.Message);
        // Other networks are not published as programs, and read none.
        error = Assert.Throws<WeightFileException>(() => WeightImport.Import(file, _folder.File("imported"), "resnet50"));
        Assert.Contains("is a TorchScript program, which would run code; refused", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_ProgramWhoseModuleHoldsItself_IsBounded()
    {
        var pickle = new PickleBytes().Global("__torch__.net", "Net").Op(')').Raw(0x81, (byte)'q', 0).Op('}').Text("a").Raw((byte)'h', 0).Op('s').Op('b');

        var error = Assert.Throws<WeightFileException>(() => WeightImport.Import(
            _folder.Write("program.pt", pickle.Zip(isProgram: true)), _folder.File("imported"), "clip_resnet50"));

        Assert.Contains("nested too deeply", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingStorage_IsNamed()
    {
        var pickle = new PickleBytes().Global("torch._utils", "_rebuild_tensor_v2").Tuple(pickle =>
        {
            pickle.Tuple(id => id.Text("storage").Global("torch", "FloatStorage").Text("7").Text("cpu").Number(2)).Op('Q');
            pickle.Number(0).Tuple(shape => shape.Number(2)).Tuple(strides => strides.Number(1));
        }).Op('R');
        Refuses(pickle.Zip(), "lacks storage '7'");
    }

    // Each dictionary holds the one below twice: thirty of them have a billion leaves.
    [Fact]
    public void Read_DictionariesThatHoldEachOther_AreBounded()
    {
        var pickle = new PickleBytes().Op('}').Raw((byte)'q', 0);
        for (byte level = 1; level < 31; level++)
        {
            var below = (byte)(level - 1);
            pickle.Op('}').Text("a").Raw((byte)'h', below).Op('s').Text("b").Raw((byte)'h', below).Op('s').Raw((byte)'q', level);
        }
        Refuses(pickle.Zip(), "too many entries");
    }

    [Fact]
    public void Read_DictionaryThatHoldsItself_IsBounded() =>
        Refuses(new PickleBytes().Op('}').Raw((byte)'q', 0).Text("a").Raw((byte)'h', 0).Op('s').Zip(), "nested too deeply");

    [Fact]
    public void Read_OneListForManyCalls_IsBounded()
    {
        var pickle = new PickleBytes().Op(']').Raw((byte)'q', 0).Op('(');
        for (var i = 0; i < 3000; i++)
        {
            pickle.Raw((byte)'K', 1, (byte)'K', 2, 0x86);
        }
        pickle.Op('e').Op('0').Op(']').Op('(');
        for (var i = 0; i < 3000; i++)
        {
            pickle.Global("collections", "OrderedDict").Raw((byte)'h', 0).Raw(0x85).Op('R');
        }
        Refuses(pickle.Op('e').Zip(), "too many entries");
    }

    [Theory]
    [InlineData("builtins", "eval")]
    [InlineData("os", "system")]
    [InlineData("torch", "load")]
    [InlineData("torch.storage", "_load_from_bytes")]
    [InlineData("numpy.core.multiarray", "_reconstruct")]
    [InlineData("torch.cuda", "OrderedDict")]
    public void Read_GlobalOutsideOfTheList_IsNamed(string module, string name) =>
        Refuses(new PickleBytes().Global(module, name).Op(')').Op('R').Zip(), $"'{module}.{name}', which would run code; refused");

    [Theory]
    [InlineData(new byte[] { (byte)'0' }, "takes more values than it put")]
    [InlineData(new byte[] { (byte)'t' }, "takes more values than it put")]
    [InlineData(new byte[] { (byte)'N', (byte)'R' }, "takes more values than it put")]
    [InlineData(new byte[] { (byte)'N', (byte)'N', (byte)'R' }, "a call of something that is no function")]
    [InlineData(new byte[] { (byte)'h', 9 }, "memo 9 was never set")]
    [InlineData(new byte[] { (byte)'N', (byte)'N', (byte)'a' }, "no list")]
    [InlineData(new byte[] { (byte)'N', (byte)'N', (byte)'N', (byte)'s' }, "no dictionary")]
    [InlineData(new byte[] { (byte)'N', (byte)'N', (byte)'b' }, "no dictionary")]
    [InlineData(new byte[] { (byte)'X', 255, 255, 255, 255 }, "ends too early")]
    [InlineData(new byte[] { 0x8b, 255, 255, 255, 127 }, "ends too early")]
    [InlineData(new byte[] { 0x8d, 255, 255, 255, 255, 255, 255, 255, 127 }, "ends too early")]
    [InlineData(new byte[] { (byte)'X', 1, 0, 0, 0, 255 }, "not UTF-8")]
    [InlineData(new byte[] { 0x80, 9 }, "protocol 9")]
    [InlineData(new byte[] { (byte)'i' }, "opcode 0x69")]
    [InlineData(new byte[] { (byte)'N', (byte)'Q' }, "no tensor storage")]
    public void Read_DamagedPickle_SaysWhatIsWrong(byte[] bytes, string expected) => Refuses(new PickleBytes().Raw(bytes).Zip(), expected);

    [Theory]
    [InlineData((byte)'R')]
    [InlineData((byte)0x81)]
    public void ReadModules_NameThatWouldRun_StaysAName(byte opcode)
    {
        var mark = _folder.File("executed");
        var pickle = new PickleBytes().Op('}').Text("G_ema");
        pickle.Global("os", "system").Tuple(call => call.Text($"touch {mark}")).Raw(opcode).Op('s');
        using var source = TorchPickle.ReadModules(_folder.Write("a.pkl", pickle.Plain()));
        Assert.Empty(source.Tensors);
        Assert.Empty(source.Metadata);
        Assert.False(File.Exists(mark));
    }

    // Each module holds the one below twice: thirty of them have a billion leaves.
    [Fact]
    public void ReadModules_ModulesThatHoldEachOther_AreBounded()
    {
        var pickle = new PickleBytes();
        for (byte level = 0; level < 31; level++)
        {
            pickle.Global("torch.nn", "Module").Op(')').Raw(0x81, (byte)'q', level).Op('}');
            pickle.Text("_parameters").Op('}').Op('s').Text("_buffers").Op('}').Op('s').Text("_modules").Op('}');
            if (level > 0)
            {
                var below = (byte)(level - 1);
                pickle.Text("a").Raw((byte)'h', below).Op('s').Text("b").Raw((byte)'h', below).Op('s');
            }
            pickle.Op('s').Op('b').Op('0');
        }
        pickle.Raw((byte)'h', 30);
        RefusesModules(new PickleBytes().Op('}').Text("G_ema").Raw(pickle.Plain()[2..^1]).Op('s').Plain(), "too many");
    }

    [Theory]
    [InlineData(new byte[] { (byte)'B', 1, 0, 0, 0, 7 }, "ends too early")]
    [InlineData(new byte[] { 0x8e, 255, 255, 255, 255, 255, 255, 255, 127 }, "ends too early")]
    [InlineData(new byte[] { 0x8e, 0, 0, 0, 0, 0, 0, 0, 128 }, "ends too early")]
    [InlineData(new byte[] { (byte)'B', 15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, "do not begin as legacy")]
    public void ReadModules_StorageThatIsNone_IsRefused(byte[] bytes, string expected) =>
        RefusesModules(new PickleBytes().Global("torch.storage", "_load_from_bytes").Op('(').Raw(bytes).Op('t').Op('R').Plain(), expected);

    private void RefusesModules(byte[] file, string expected)
    {
        var path = _folder.Write("hostile.pkl", file);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<WeightFileException>(() => TorchPickle.ReadModules(path).Dispose());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1L << 30);
    }

    private void Refuses(byte[] file, string expected)
    {
        var path = _folder.Write("hostile.pth", file);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<WeightFileException>(() => TorchPickle.Read(path).Dispose());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1L << 30);
    }
}
