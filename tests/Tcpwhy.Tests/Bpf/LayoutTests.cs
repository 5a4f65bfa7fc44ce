using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Kernel.Btf;
using Xunit;

namespace Tcpwhy.Tests.Bpf;

/// <summary>What crosses from the kernel has one truth, bpf/events.h: its mirrors in C# are held against the BTF of the compiled object.</summary>
public class LayoutTests
{
    private static readonly BtfFile watch = BtfFile.FromBytes(BpfObject.Read("watch.bpf.o"));

    [Theory]
    [InlineData(typeof(KernelEvent), "event")]
    [InlineData(typeof(KernelSegment), "segment")]
    [InlineData(typeof(KernelTask), "task")]
    [InlineData(typeof(KernelSockInfo), "sock_info")]
    [InlineData(typeof(KernelTransfer), "transfer")]
    [InlineData(typeof(Settings), "settings")]
    [InlineData(typeof(TrafficKey), "traffic_key")]
    [InlineData(typeof(Traffic), "traffic")]
    [InlineData(typeof(KernelCall), "call")]
    [InlineData(typeof(Wanted), "wanted")]
    [InlineData(typeof(WantedEnd), "wanted_end")]
    [InlineData(typeof(Followed), "followed")]
    [InlineData(typeof(FollowedProcess), "followed_process")]
    [InlineData(typeof(Waiter), "waiter")]
    public void Structure_has_the_layout_of_the_compiled_object(Type mirror, string name)
    {
        BtfStruct original = watch.Struct(name)!;

        Assert.Equal(
            original.Members.Select(member => $"{member.Name} at {member.Offset}, {member.Size} bytes"),
            Fields(mirror).Select(field => $"{field.Name} at {Offset(mirror, field)}, {Size(field.FieldType)} bytes"));
        Assert.Equal(original.Size, Size(mirror));
    }

    [Theory]
    [InlineData(typeof(EventKind), "event_kind", "EVENT_")]
    [InlineData(typeof(Counter), "counter", "COUNT_")]
    [InlineData(typeof(InfoFlags), "info_flags", "SOCK_")]
    [InlineData(typeof(TaskFlags), "task_flags", "TASK_")]
    [InlineData(typeof(TransferFlags), "transfer_flags", "TRANSFER_")]
    [InlineData(typeof(FollowedFlags), "followed_flags", "FOLLOWED_")]
    [InlineData(typeof(MptcpFlags), "mptcp_flags", "MPTCP_")]
    [InlineData(typeof(Model.Opener), "opener", "OPENER_")]
    [InlineData(typeof(Model.FirstWords), "words", "WORDS_")]
    [InlineData(typeof(PortFlags), "port_flags", "PORT_")]
    [InlineData(typeof(Model.PortSpeech), "port_flags", "PORT_")]
    public void Enum_has_the_values_of_the_compiled_object(Type mirror, string name, string prefix)
    {
        // COUNT_MAX sizes a map, None is C#'s word for no flag, and RCV is spelt out.
        IEnumerable<string> original = watch.Enum(name)!.Where(entry => entry.Key != "COUNT_MAX")
            .Select(entry => $"{entry.Key[prefix.Length..].Replace("RCV_", "RECEIVE_").Replace("_", "")} = {entry.Value}");
        IEnumerable<string> values = Enum.GetNames(mirror).Where(value => value != "None")
            .Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.ToUpperInvariant()} = {Convert.ToInt64(Enum.Parse(mirror, value), CultureInfo.InvariantCulture)}"));

        Assert.Equal(original.Order(), values.Order());
    }

    private static FieldInfo[] Fields(Type type) =>
        [.. type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).OrderBy(field => Offset(type, field))];

    private static int Size(Type type) =>
        (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    // Marshal.OffsetOf asks for the layout after marshalling, which Tcpwhy.Kernel has switched off.
    private static int Offset(Type type, FieldInfo field)
    {
        var measure = new DynamicMethod("offset", typeof(int), [type.MakeByRefType()], restrictedSkipVisibility: true);
        ILGenerator code = measure.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldflda, field);
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Sub);
        code.Emit(OpCodes.Conv_I4);
        code.Emit(OpCodes.Ret);
        return (int)measure.Invoke(null, [RuntimeHelpers.GetUninitializedObject(type)])!;
    }
}
