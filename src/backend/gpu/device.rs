//! The device behind the kernels: what is recorded, submitted, found again, and what can go wrong.

use super::kernels::{Extras, Form, Kernel, TILES};
use crate::backend::DeviceError;
use futures_channel::oneshot;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes between two sets of parameters in the parameter buffer: what every device can address.
const SLOT: u32 = 256;
/// Sets of parameters that the buffer holds.
const SLOTS: u32 = 1024;
/// Buffers of one kernel at most.
const MOST_BUFFERS: usize = 6;

/// What a device says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInfo {
    /// As the driver or the browser puts it; may be empty.
    pub name: String,
    /// A processor plays the device.
    pub software: bool,
}

/// A block of values, as many for each lane.
#[derive(Debug)]
pub struct Buffer {
    id: u64,
    /// Of one lane.
    pub len: usize,
    inner: wgpu::Buffer,
}

/// What has been recorded and not yet submitted.
struct Recording {
    encoder: wgpu::CommandEncoder,
    pass: wgpu::ComputePass<'static>,
}

/// What a pipeline was compiled from: a kernel's name, its form, and what it may use.
type Compiled = (&'static str, Option<Form>, Extras);

/// A device with the pipelines, bind groups and parameters that it has been asked for.
pub struct Device {
    device: wgpu::Device,
    queue: wgpu::Queue,
    info: DeviceInfo,
    recording: RefCell<Option<Recording>>,
    layouts: RefCell<HashMap<(usize, usize), (wgpu::BindGroupLayout, wgpu::PipelineLayout)>>,
    pipelines: RefCell<HashMap<Compiled, wgpu::ComputePipeline>>,
    /// What it has beyond what all have, and what kernels use of that.
    has: Extras,
    extras: Cell<Extras>,
    groups: RefCell<HashMap<(usize, [u64; MOST_BUFFERS]), wgpu::BindGroup>>,
    parameters: wgpu::Buffer,
    slots: RefCell<HashMap<Vec<u32>, u32>>,
    next_id: Cell<u64>,
    failure: Arc<Mutex<Option<String>>>,
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Device").field("info", &self.info).finish_non_exhaustive()
    }
}

/// Keeps the first thing that went wrong: what follows is its consequence.
fn keep(failure: &Mutex<Option<String>>, message: impl FnOnce() -> String) {
    failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(message);
}

/// An error as the reader is told of it.
fn sentence(error: &wgpu::Error) -> String {
    match error {
        wgpu::Error::OutOfMemory { .. } => "the GPU has no memory left for this network and batch".into(),
        error => format!("the GPU refused a command ({error})"),
    }
}

impl Device {
    /// Asks for an adapter and its device.
    pub async fn open() -> Result<Self, DeviceError> {
        let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
        descriptor.backends = wgpu::Backends::PRIMARY;
        let instance = wgpu::Instance::new(descriptor);
        let options = wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::HighPerformance,
            ..Default::default()
        };
        let adapter = instance
            .request_adapter(&options)
            .await
            .map_err(|error| DeviceError(format!("no GPU can be used here ({error})")))?;
        let about = adapter.get_info();
        let subgroups = adapter.features() & wgpu::Features::SUBGROUP;
        let packed_dot =
            instance.wgsl_language_features().contains(wgpu::WgslLanguageFeatures::Packed4x8IntegerDotProduct);
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("featherweight"),
            // What the adapter has, and no less than every adapter must have.
            required_limits: adapter.limits(),
            // In a browser there are none: wgpu 30 does not pass WebGPU's feature on, and has it natively alone.
            required_features: subgroups,
            ..Default::default()
        };
        let (device, queue) = adapter
            .request_device(&descriptor)
            .await
            .map_err(|error| DeviceError(format!("the GPU was refused ({error})")))?;
        let failure = Arc::new(Mutex::new(None));
        let of_errors = failure.clone();
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            keep(&of_errors, || sentence(&error));
        }));
        let of_loss = failure.clone();
        device.set_device_lost_callback(move |reason, message| {
            keep(&of_loss, || format!("the GPU was lost ({reason:?}: {message})"));
        });
        let parameters = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("parameters"),
            size: u64::from(SLOT * SLOTS),
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        Ok(Self {
            device,
            queue,
            info: DeviceInfo { name: about.name, software: about.device_type == wgpu::DeviceType::Cpu },
            recording: RefCell::default(),
            layouts: RefCell::default(),
            pipelines: RefCell::default(),
            has: Extras { packed_dot, subgroups: !subgroups.is_empty() },
            extras: Cell::new(Extras { packed_dot, subgroups: false }),
            groups: RefCell::default(),
            parameters,
            slots: RefCell::default(),
            next_id: Cell::new(1),
            failure,
        })
    }

    /// What it says of itself.
    pub fn info(&self) -> &DeviceInfo {
        &self.info
    }

    /// What it has beyond what every device has.
    pub fn has(&self) -> Extras {
        self.has
    }

    /// What kernels use beyond what every device has.
    pub fn extras(&self) -> Extras {
        self.extras.get()
    }

    /// Has kernels use so much of it, and no more; it is a caller's promise that it is there.
    pub fn use_extras(&self, extras: Extras) {
        self.extras.set(extras);
    }

    /// Values that a buffer can have.
    pub fn longest_buffer(&self) -> usize {
        let limits = self.device.limits();
        (limits.max_storage_buffer_binding_size.min(limits.max_buffer_size) / 4) as usize
    }

    /// A buffer of zeros, `len` for each of `lanes`.
    pub fn buffer(&self, len: usize, lanes: usize) -> Buffer {
        let id = self.next_id.get();
        self.next_id.set(id + 1);
        let inner = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: (4 * len * lanes).max(4) as u64, // no binding is empty
            usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        Buffer { id, len, inner }
    }

    /// Overwrites values, of 32 bits of any kind, from `offset` on, after all that was recorded before.
    pub fn write<T: bytemuck::NoUninit>(&self, buffer: &Buffer, offset: usize, values: &[T]) {
        self.submit();
        self.queue.write_buffer(&buffer.inner, 4 * offset as u64, bytemuck::cast_slice(values));
    }

    /// Records a kernel over `buffers` (those read, then those written) in `groups` workgroups.
    pub fn run(
        &self,
        kernel: &'static Kernel,
        form: Option<Form>,
        buffers: &[&Buffer],
        parameters: &[u32],
        groups: [u32; 3],
    ) {
        if groups.contains(&0) {
            return;
        }
        let shape = (kernel.reads, kernel.writes);
        let mut words: Vec<u32> = buffers.iter().map(|buffer| buffer.len as u32).collect();
        words.extend_from_slice(parameters);
        let offset = self.slot(words);
        let mut ids = [0; MOST_BUFFERS];
        ids.iter_mut().zip(buffers).for_each(|(id, buffer)| *id = buffer.id);
        let mut bound = self.groups.borrow_mut();
        let bound = bound.entry((kernel.reads, ids)).or_insert_with(|| self.bind(shape, buffers));
        let mut pipelines = self.pipelines.borrow_mut();
        let pipeline =
            pipelines.entry((kernel.name, form, self.extras.get())).or_insert_with(|| self.compile(kernel, form));
        let mut recording = self.recording.borrow_mut();
        let Recording { pass, .. } = recording.get_or_insert_with(|| {
            let mut encoder = self.device.create_command_encoder(&Default::default());
            let pass = encoder.begin_compute_pass(&Default::default()).forget_lifetime();
            Recording { encoder, pass }
        });
        pass.set_pipeline(pipeline);
        pass.set_bind_group(0, &*bound, &[offset]);
        let [x, y, z] = groups;
        pass.dispatch_workgroups(x, y, z);
    }

    /// Where the parameters lie, written there if they are new.
    fn slot(&self, words: Vec<u32>) -> u32 {
        if let Some(offset) = self.slots.borrow().get(&words) {
            return *offset;
        }
        if self.slots.borrow().len() == SLOTS as usize {
            // What was recorded reads the slots as they are.
            self.submit();
            self.slots.borrow_mut().clear();
        }
        let offset = self.slots.borrow().len() as u32 * SLOT;
        self.queue.write_buffer(&self.parameters, u64::from(offset), bytemuck::cast_slice(&words));
        self.slots.borrow_mut().insert(words, offset);
        offset
    }

    fn with_layout<T>(
        &self,
        (reads, writes): (usize, usize),
        take: impl FnOnce(&(wgpu::BindGroupLayout, wgpu::PipelineLayout)) -> T,
    ) -> T {
        let mut layouts = self.layouts.borrow_mut();
        take(layouts.entry((reads, writes)).or_insert_with(|| {
            let entry = |binding: usize, ty, has_dynamic_offset| wgpu::BindGroupLayoutEntry {
                binding: binding as u32,
                visibility: wgpu::ShaderStages::COMPUTE,
                ty: wgpu::BindingType::Buffer { ty, has_dynamic_offset, min_binding_size: None },
                count: None,
            };
            let mut entries = vec![entry(0, wgpu::BufferBindingType::Uniform, true)];
            entries.extend(
                (0..reads + writes)
                    .map(|at| entry(at + 1, wgpu::BufferBindingType::Storage { read_only: at < reads }, false)),
            );
            let group = self
                .device
                .create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: None, entries: &entries });
            let pipeline = self.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                label: None,
                bind_group_layouts: &[Some(&group)],
                immediate_size: 0,
            });
            (group, pipeline)
        }))
    }

    fn bind(&self, shape: (usize, usize), buffers: &[&Buffer]) -> wgpu::BindGroup {
        let parameters = wgpu::BufferBinding {
            buffer: &self.parameters,
            offset: 0,
            size: std::num::NonZeroU64::new(u64::from(SLOT)),
        };
        let mut entries =
            vec![wgpu::BindGroupEntry { binding: 0, resource: wgpu::BindingResource::Buffer(parameters) }];
        entries.extend(buffers.iter().enumerate().map(|(at, buffer)| wgpu::BindGroupEntry {
            binding: at as u32 + 1,
            resource: buffer.inner.as_entire_binding(),
        }));
        self.with_layout(shape, |(layout, _)| {
            self.device.create_bind_group(&wgpu::BindGroupDescriptor { label: None, layout, entries: &entries })
        })
    }

    fn compile(&self, kernel: &'static Kernel, form: Option<Form>) -> wgpu::ComputePipeline {
        let source = match form {
            Some(Form { tile, flags }) => TILES[tile].source(kernel, flags, self.extras.get()),
            None => kernel.source(self.extras.get()),
        };
        let module = self.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(kernel.name),
            source: wgpu::ShaderSource::Wgsl(source.into()),
        });
        self.with_layout((kernel.reads, kernel.writes), |(_, layout)| {
            self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(kernel.name),
                layout: Some(layout),
                module: &module,
                entry_point: Some("main"),
                // Every kernel writes its workgroup memory before it reads it.
                compilation_options: wgpu::PipelineCompilationOptions {
                    zero_initialize_workgroup_memory: false,
                    ..Default::default()
                },
                cache: None,
            })
        })
    }

    /// Sends off what was recorded.
    pub fn submit(&self) {
        if let Some(Recording { encoder, pass }) = self.recording.borrow_mut().take() {
            drop(pass);
            self.queue.submit([encoder.finish()]);
        }
    }

    /// The first `len` values of each lane, once all that was recorded before is done. Fails if the device was lost, or if it
    /// refused anything since it was opened: what it would give could not be trusted.
    pub async fn read<T: bytemuck::NoUninit + bytemuck::AnyBitPattern>(
        &self,
        buffer: &Buffer,
        lanes: usize,
        len: usize,
    ) -> Result<Vec<T>, DeviceError> {
        self.submit();
        self.check()?;
        if len == 0 {
            return Ok(Vec::new());
        }
        let bytes = 4 * len as u64;
        let staging = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("read"),
            size: bytes * lanes as u64,
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut encoder = self.device.create_command_encoder(&Default::default());
        for lane in 0..lanes as u64 {
            let offset = 4 * lane * buffer.len as u64;
            encoder.copy_buffer_to_buffer(&buffer.inner, offset, &staging, lane * bytes, bytes);
        }
        self.queue.submit([encoder.finish()]);
        let (done, is_done) = oneshot::channel();
        staging.map_async(wgpu::MapMode::Read, .., move |mapped| {
            // Nobody waits any more where the run was dropped.
            let _ = done.send(mapped);
        });
        // Natively nothing happens unless it is asked for; in a browser this does nothing.
        if let Err(error) = self.device.poll(wgpu::PollType::wait_indefinitely()) {
            keep(&self.failure, || format!("the GPU does not answer ({error})"));
        }
        let mapped = is_done.await;
        self.check()?;
        let values = match mapped {
            Ok(Ok(())) => staging.get_mapped_range(..).map_err(|error| error.to_string()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(gone) => Err(gone.to_string()),
        };
        let values =
            values.map_err(|error| DeviceError(format!("the GPU was lost, or keeps its results ({error})")))?;
        Ok(bytemuck::pod_collect_to_vec(&values))
    }

    /// What was asked for cannot be done: the next read says so.
    pub fn refuse(&self, sentence: &str) {
        keep(&self.failure, || sentence.into());
    }

    /// Fails if anything has gone wrong.
    pub fn check(&self) -> Result<(), DeviceError> {
        match &*self.failure.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(message) => Err(DeviceError(message.clone())),
            None => Ok(()),
        }
    }

    /// Forgets which buffers went with which: those of a finished run are given back.
    pub fn forget_buffers(&self) {
        self.submit();
        self.groups.borrow_mut().clear();
    }

    /// Takes the device away when it is called, as a driver's crash would.
    #[cfg(all(test, not(target_arch = "wasm32")))]
    pub fn breaker(&self) -> impl Fn() + use<> {
        let device = self.device.clone();
        move || device.destroy()
    }

    /// Asks for more than the device may give when it is called, as a network might that is too large.
    #[cfg(all(test, not(target_arch = "wasm32")))]
    pub fn glutton(&self) -> impl Fn() + use<> {
        let device = self.device.clone();
        move || {
            // Refused, so that there is nothing to keep.
            let _ = device.create_buffer(&wgpu::BufferDescriptor {
                label: None,
                size: device.limits().max_buffer_size + 4,
                usage: wgpu::BufferUsages::STORAGE,
                mapped_at_creation: false,
            });
        }
    }

    /// Has no memory left when it is called: the driver's word for it, since what it takes to get there would take the machine's
    /// memory, too.
    #[cfg(all(test, not(target_arch = "wasm32")))]
    pub fn exhauster(&self) -> impl Fn() + use<> {
        let failure = self.failure.clone();
        move || keep(&failure, || sentence(&wgpu::Error::OutOfMemory { source: "no memory".into() }))
    }
}
