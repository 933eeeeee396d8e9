using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.PyTorch;

/// <summary>
/// A restricted unpickler. It builds plain values, dictionaries, lists, storages and tensors; names outside of the allow-list of
/// <see cref="TorchGlobals"/> end it with an error or, where any are taken, stay names, so that nothing in a file can run. One instance
/// reads one pickle.
/// </summary>
/// <remarks>
/// Bounds: the input's length limit, at most <see cref="MostOpcodes"/> opcodes (which bounds stack, memo and containers, since
/// each opcode pushes at most one value), no recursion.
/// </remarks>
/// <param name="input">The pickle.</param>
/// <param name="names">Which other names are taken.</param>
/// <param name="load">Reads a storage that the pickle holds as bytes; null where it may hold none.</param>
internal sealed class PickleReader(
    PickleInput input, PickleNames names = PickleNames.OfTensors, Func<PickleBytes, TorchStorage>? load = null)
{
    public const int MostOpcodes = 4_000_000;

    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = new();
    private readonly Dictionary<long, object?> _memo = [];
    private readonly TorchGlobals _globals = new(input, names, load);

    /// <summary>Every storage that the pickle referred to, by key.</summary>
    public IReadOnlyDictionary<string, TorchStorage> Storages => _globals.StoragesByKey;

    public object? Read()
    {
        for (var count = 0; count < MostOpcodes; count++)
        {
            var opcode = (PickleOpcode)input.Byte();
            if (opcode == PickleOpcode.Stop)
            {
                return Pop();
            }
            if (!TryConstant(opcode) && !TryContainer(opcode) && !TryMemo(opcode) && !TryObject(opcode) && !TryAnyObject(opcode))
            {
                throw input.Error($"its pickle uses opcode 0x{(byte)opcode:x2}, which dictionaries of tensors do not need; refused.");
            }
        }
        throw input.Error($"its pickle has more than {MostOpcodes} opcodes.");
    }

    private bool TryConstant(PickleOpcode opcode)
    {
        object? value;
        switch (opcode)
        {
            case PickleOpcode.None: value = null; break;
            case PickleOpcode.NewTrue: value = true; break;
            case PickleOpcode.NewFalse: value = false; break;
            case PickleOpcode.BinInt: value = (long)input.Int32(); break;
            case PickleOpcode.BinInt1: value = (long)input.Byte(); break;
            case PickleOpcode.BinInt2: value = (long)input.UInt16(); break;
            case PickleOpcode.Long1: value = input.Integer(input.Byte()); break;
            case PickleOpcode.Long4: value = input.Integer(input.Int32()); break;
            case PickleOpcode.BinFloat: value = input.Double(); break;
            case PickleOpcode.ShortBinString or PickleOpcode.ShortBinUnicode: value = input.Text(input.Byte()); break;
            case PickleOpcode.BinString: value = input.Text(input.Int32()); break;
            case PickleOpcode.BinUnicode: value = input.Text(input.UInt32()); break;
            case PickleOpcode.BinUnicode8: value = input.Text(input.Int64()); break;
            case PickleOpcode.ShortBinBytes: value = input.Skip(input.Byte()); break;
            case PickleOpcode.BinBytes: value = input.Skip(input.UInt32()); break;
            default: return false;
        }
        _stack.Add(value);
        return true;
    }

    private bool TryContainer(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Mark: _marks.Push(_stack.Count); break;
            case PickleOpcode.Pop: PopValueOrMark(); break;
            case PickleOpcode.PopMark: PopToMark(); break;
            case PickleOpcode.Dup: _stack.Add(Top()); break;
            case PickleOpcode.EmptyTuple: _stack.Add(new PickleTuple([])); break;
            case PickleOpcode.Tuple1: PushTuple(1); break;
            case PickleOpcode.Tuple2: PushTuple(2); break;
            case PickleOpcode.Tuple3: PushTuple(3); break;
            case PickleOpcode.Tuple: _stack.Add(new PickleTuple(PopToMark())); break;
            case PickleOpcode.EmptyList: _stack.Add(new PickleList([])); break;
            case PickleOpcode.Append: Append([Pop()]); break;
            case PickleOpcode.Appends: Append(PopToMark()); break;
            case PickleOpcode.EmptyDict: _stack.Add(new PickleDictionary([])); break;
            case PickleOpcode.SetItem: SetItems(PopMany(2)); break;
            case PickleOpcode.SetItems: SetItems(PopToMark()); break;
            default: return false;
        }
        return true;
    }

    private bool TryMemo(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.BinPut: _memo[input.Byte()] = Top(); break;
            case PickleOpcode.LongBinPut: _memo[input.UInt32()] = Top(); break;
            case PickleOpcode.Memoize: _memo[_memo.Count] = Top(); break;
            case PickleOpcode.BinGet: Recall(input.Byte()); break;
            case PickleOpcode.LongBinGet: Recall(input.UInt32()); break;
            default: return false;
        }
        return true;
    }

    private bool TryObject(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                var protocol = input.Byte();
                if (protocol is < 2 or > 5)
                {
                    throw input.Error($"its pickle has protocol {protocol}; 2 to 5 are read.");
                }
                break;
            case PickleOpcode.Frame: input.Int64(); break;
            case PickleOpcode.Global: _stack.Add(_globals.Find(input.Line(), input.Line())); break;
            case PickleOpcode.StackGlobal: PushStackGlobal(); break;
            case PickleOpcode.BinPersistentId: _stack.Add(_globals.Storage(Pop())); break;
            case PickleOpcode.Reduce: PushCall(); break;
            case PickleOpcode.NewObject: PushObject(); break;
            case PickleOpcode.Build: Build(); break;
            default: return false;
        }
        return true;
    }

    // What objects other than dictionaries of tensors are written with.
    private bool TryAnyObject(PickleOpcode opcode)
    {
        if (names != PickleNames.Any)
        {
            return false;
        }
        switch (opcode)
        {
            case PickleOpcode.BinBytes8 or PickleOpcode.ByteArray8: _stack.Add(input.Skip(input.Int64())); break;
            case PickleOpcode.EmptySet: _stack.Add(new PickleList([])); break;
            case PickleOpcode.AddItems: Append(PopToMark()); break;
            case PickleOpcode.FrozenSet: _stack.Add(new PickleList([.. PopToMark()])); break;
            case PickleOpcode.NewObjectWithNames:
                var made = PopMany(3);
                _stack.Add(new PickleObject(made[0] as PickleGlobal, made[1..]));
                break;
            default: return false;
        }
        return true;
    }

    private void PushTuple(int count) => _stack.Add(new PickleTuple(PopMany(count)));

    private void PushStackGlobal()
    {
        if (PopMany(2) is not [string module, string name])
        {
            throw input.Error("its pickle is damaged (a name that is no text).");
        }
        _stack.Add(_globals.Find(module, name));
    }

    private void PushCall()
    {
        _stack.Add(PopMany(2) switch
        {
            [PickleGlobal function, PickleTuple arguments] => _globals.Call(function, arguments.Items),
            [PickleObject, PickleTuple arguments] => new PickleObject(null, arguments.Items),
            _ => throw input.Error("its pickle is damaged (a call of something that is no function)."),
        });
    }

    private void PushObject()
    {
        var made = PopMany(2);
        _stack.Add(made switch
        {
            [PickleGlobal type, PickleTuple arguments] when names == PickleNames.Any => new PickleObject(type, arguments.Items),
            [PickleGlobal { IsProgramClass: true }, PickleTuple { Items.Length: 0 }] => new PickleModule(),
            _ => throw _globals.Refusal(made[0] as PickleGlobal),
        });
    }

    // State of an OrderedDict is module versions (_metadata), of which loading by name has no need.
    private void Build()
    {
        var state = Pop();
        if (Top() is PickleModule module && state is PickleDictionary attributes)
        {
            module.Attributes = attributes;
        }
        else if (Top() is PickleObject built)
        {
            built.State = state;
        }
        else if (Top() is not PickleDictionary)
        {
            throw input.Error("its pickle sets the state of an object that is no dictionary; refused.");
        }
    }

    private void Append(object?[] items)
    {
        // What a class of lists holds is not asked for.
        if (Top() is PickleObject)
        {
            return;
        }
        if (Top() is not PickleList list)
        {
            throw input.Error("its pickle is damaged (an append to something that is no list).");
        }
        list.Items.AddRange(items);
    }

    private void SetItems(object?[] items)
    {
        // Nor is what a class of dictionaries holds: options, in a pickled network.
        if (Top() is PickleObject)
        {
            return;
        }
        if (Top() is not PickleDictionary dictionary || items.Length % 2 != 0)
        {
            throw input.Error("its pickle is damaged (items for something that is no dictionary).");
        }
        for (var i = 0; i < items.Length; i += 2)
        {
            dictionary.Entries.Add(new(items[i], items[i + 1]));
        }
    }

    private void Recall(long key)
    {
        if (!_memo.TryGetValue(key, out var value))
        {
            throw input.Error($"its pickle is damaged (memo {key} was never set).");
        }
        _stack.Add(value);
    }

    // A mark shields what lies below it.
    private int Floor => _marks.Count > 0 ? _marks.Peek() : 0;

    private object? Top() => _stack.Count > Floor ? _stack[^1] : throw Underflow();

    private object? Pop()
    {
        var value = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private void PopValueOrMark()
    {
        if (_marks.Count > 0 && _marks.Peek() == _stack.Count)
        {
            _marks.Pop();
        }
        else
        {
            Pop();
        }
    }

    private object?[] PopMany(int count)
    {
        if (_stack.Count - Floor < count)
        {
            throw Underflow();
        }
        var items = _stack.GetRange(_stack.Count - count, count).ToArray();
        _stack.RemoveRange(_stack.Count - count, count);
        return items;
    }

    private object?[] PopToMark()
    {
        if (!_marks.TryPop(out var mark))
        {
            throw Underflow();
        }
        var items = _stack.GetRange(mark, _stack.Count - mark).ToArray();
        _stack.RemoveRange(mark, _stack.Count - mark);
        return items;
    }

    private WeightFileException Underflow() => input.Error("its pickle is damaged (it takes more values than it put).");
}
