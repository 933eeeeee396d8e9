using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ProjectedGan.Weights.Tests;

/// <summary>Writes pickles by hand, as an attacker would.</summary>
internal sealed class PickleBytes
{
    private readonly MemoryStream _bytes = new();

    /// <summary>Begins with protocol 2.</summary>
    public PickleBytes() => Raw(0x80, 2);

    public PickleBytes Raw(params byte[] bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public PickleBytes Op(char opcode) => Raw((byte)opcode);

    public PickleBytes Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Op('X').Raw(Little(bytes.Length)[..4]).Raw(bytes);
    }

    public PickleBytes Number(long number) => Raw([0x8a, 8, .. Little(number)]);

    public PickleBytes Global(string module, string name) => Op('c').Raw(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));

    /// <summary>A tuple of what <paramref name="items"/> push.</summary>
    public PickleBytes Tuple(Action<PickleBytes> items)
    {
        Op('(');
        items(this);
        return Op('t');
    }

    /// <summary>A float32 tensor over storage '0'.</summary>
    public PickleBytes Tensor(long storageElements, long offset, long[] shape, long[] strides) => Global("torch._utils", "_rebuild_tensor_v2").Tuple(_ =>
    {
        Tuple(_ => Text("storage").Global("torch", "FloatStorage").Text("0").Text("cpu").Number(storageElements)).Op('Q');
        Number(offset).Tuple(_ => Numbers(shape)).Tuple(_ => Numbers(strides)).Raw(0x89).Global("collections", "OrderedDict").Op(')').Op('R');
    }).Op('R');

    /// <summary>The pickle as a file of its own.</summary>
    public byte[] Plain() => [.. _bytes.ToArray(), (byte)'.'];

    /// <summary>A PyTorch zip with this pickle and one storage, or a TorchScript program of it.</summary>
    public byte[] Zip(int storageBytes = 0, bool isProgram = false)
    {
        var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "x/data.pkl", Plain());
            Add(zip, "x/data/0", new byte[storageBytes]);
            if (isProgram)
            {
                Add(zip, "x/constants.pkl", [0x80, 2, (byte)')', (byte)'.']);
            }
        }
        return file.ToArray();
    }

    private void Numbers(long[] numbers)
    {
        foreach (var number in numbers)
        {
            Number(number);
        }
    }

    private static void Add(ZipArchive zip, string name, byte[] content)
    {
        using var stream = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
        stream.Write(content);
    }

    private static byte[] Little(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }
}
