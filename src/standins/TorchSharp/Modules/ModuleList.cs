using System.Globalization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
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
            public static ModuleList<Module> ModuleList(params Module[] modules) => new(modules);

            public static ModuleList<T> ModuleList<T>(params T[] modules)
                where T : Module => new(modules);
        }
    }
}
