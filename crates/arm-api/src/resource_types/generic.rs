//! Types that Azure has and nobody modelled: what is put is kept and given back, identity included, and every answer
//! says in a header that no more than that happens.

use super::ResourceType;

pub(crate) struct Generic;

impl ResourceType for Generic {
    fn name(&self) -> &'static str {
        ""
    }

    fn is_generic(&self) -> bool {
        true
    }
}
