using System.Globalization;
using System.Runtime.CompilerServices;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Modules run one after the other; without names of their own they are named by position.</summary>
    public class Sequential : nn.Module<Tensor, Tensor>
    {
        private readonly List<nn.Module<Tensor, Tensor>> _steps = [];

        protected internal Sequential(params (string name, nn.Module<Tensor, Tensor> submodule)[] modules)
            : base(nameof(Sequential))
        {
            foreach (var (step, module) in modules)
            {
                append(step, module);
            }
        }

        protected internal Sequential(params nn.Module<Tensor, Tensor>[] modules)
            : base(nameof(Sequential))
        {
            foreach (var module in modules)
            {
                append(module);
            }
        }

        public int Count => _steps.Count;

        [IndexerName("SequentialItems")]
        public nn.IModule<Tensor, Tensor> this[int index] => _steps[index];

        public Sequential append(string name, nn.IModule<Tensor, Tensor> module)
        {
            var step = module as nn.Module<Tensor, Tensor> ?? throw new ArgumentException("A sequence takes modules from one tensor to one tensor.", nameof(module));
            register_module(name, step);
            _steps.Add(step);
            return this;
        }

        public Sequential append(nn.IModule<Tensor, Tensor> module) => append(_steps.Count.ToString(CultureInfo.InvariantCulture), module);

        public override Tensor forward(Tensor tensor)
        {
            if (_steps.Count == 0)
            {
                return tensor.alias();
            }

            // What the steps leave behind is released here; the graph keeps what backward needs.
            using var scope = NewDisposeScope();
            var current = tensor;
            foreach (var step in _steps)
            {
                current = step.call(current);
            }

            return ReferenceEquals(current, tensor) ? tensor.alias().MoveToOuterDisposeScope() : current.MoveToOuterDisposeScope();
        }
    }

    public class ModuleList<T> : nn.Module, IList<T>
        where T : nn.Module
    {
        private readonly List<T> _items = [];

        public ModuleList(params T[] modules)
            : base("ModuleList") => append(modules);

        public int Count => _items.Count;

        public bool IsReadOnly => false;

        public T this[int index]
        {
            get => _items[index];
            set
            {
                _items[index] = value;
                Renumber();
            }
        }

        public void Add(T item)
        {
            register_module(_items.Count.ToString(CultureInfo.InvariantCulture), item);
            _items.Add(item);
        }

        public void append(params T[] parameters) => extend(parameters);

        public void extend(IEnumerable<T> modules)
        {
            foreach (var module in modules)
            {
                Add(module);
            }
        }

        public void Insert(int index, T item)
        {
            _items.Insert(index, item);
            Renumber();
        }

        public bool Remove(T item)
        {
            bool removed = _items.Remove(item);
            Renumber();
            return removed;
        }

        public void RemoveAt(int index)
        {
            _items.RemoveAt(index);
            Renumber();
        }

        public void Clear()
        {
            _items.Clear();
            ClearModules();
        }

        public bool Contains(T item) => _items.Contains(item);

        public void CopyTo(T[] array, int arrayIndex) => _items.CopyTo(array, arrayIndex);

        public int IndexOf(T item) => _items.IndexOf(item);

        public IEnumerator<T> GetEnumerator() => _items.GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

        // Modules register themselves as they are added; there are no fields to look through.
        protected override void RegisterComponents()
        {
        }

        private void Renumber()
        {
            ClearModules();
            for (int i = 0; i < _items.Count; i++)
            {
                register_module(i.ToString(CultureInfo.InvariantCulture), _items[i]);
            }
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Sequential Sequential() => new(Array.Empty<Module<Tensor, Tensor>>());

            public static Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) => new(modules);

            public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) => new(modules);

            public static Sequential Sequential(IEnumerable<(string name, Module<Tensor, Tensor> submodule)> modules) => new(modules.ToArray());

            public static Sequential Sequential(IEnumerable<Module<Tensor, Tensor>> modules) => new(modules.ToArray());

            public static ModuleList<Module> ModuleList(params Module[] modules) => new(modules);

            public static ModuleList<T> ModuleList<T>(params T[] modules)
                where T : Module => new(modules);
        }
    }
}
