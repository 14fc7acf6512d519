//! What happens when parts fail: each test disturbs the whole copy, so they run one after the other, after the stories.

mod budget;
mod outages;
mod queues;
