using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel.Bpf;

/// <summary>Reading maps from user space, and writing what programs are to look for.</summary>
public static unsafe class BpfMap
{
    /// <summary>Sums a per-CPU array of 64-bit numbers at one index.</summary>
    public static ulong Sum(int map, uint index)
    {
        int cpus = LibBpf.libbpf_num_possible_cpus();
        ulong* values = stackalloc ulong[cpus];
        ulong sum = 0;
        if (LibBpf.bpf_map_lookup_elem(map, &index, values) == 0)
        {
            for (int cpu = 0; cpu < cpus; cpu++)
                sum += values[cpu];
        }
        return sum;
    }

    /// <summary>Sets the value of an array map at one index.</summary>
    /// <exception cref="KernelException">The map refuses it.</exception>
    public static void Set<TValue>(int map, uint index, in TValue value)
        where TValue : unmanaged
    {
        TValue copy = value;
        if (LibBpf.bpf_map_update_elem(map, &index, &copy, 0) < 0)
            throw KernelException.Last("bpf_map_update_elem");
    }

    /// <summary>Reads the first values of an array map in one call; returns how many there were room for, or are.</summary>
    /// <exception cref="KernelException">The map refuses it.</exception>
    public static int Read<TValue>(int map, Span<TValue> values)
        where TValue : unmanaged
    {
        uint count = (uint)values.Length, last = 0;
        uint[] keys = new uint[values.Length];
        int result;
        fixed (uint* key = keys)
        fixed (TValue* value = values)
            result = LibBpf.bpf_map_lookup_batch(map, null, &last, key, value, &count, 0);
        // ENOENT says that there are no more.
        if (result < 0 && Marshal.GetLastPInvokeError() != Errno.ENOENT)
            throw KernelException.Last("bpf_map_lookup_batch");
        return (int)count;
    }

    /// <summary>Visits every entry of a hash map; entries that come and go meanwhile may be missed or seen twice. Returns how many were visited, at most <paramref name="limit"/>.</summary>
    public static int ForEach<TKey, TValue>(int map, int limit, Action<TKey, TValue> visit)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        TKey key = default, next = default;
        TValue value = default;
        TKey* previous = null;
        int visited = 0;
        while (visited < limit && LibBpf.bpf_map_get_next_key(map, previous, &next) == 0)
        {
            key = next;
            previous = &key;
            if (LibBpf.bpf_map_lookup_elem(map, &key, &value) == 0)
                visit(key, value);
            visited++;
        }
        return visited;
    }
}
